/** A probe's report for people: one screen, grouped, and what to do about what is not ok. */
import type { Check, CheckGroup, CheckStatus, ProbeReport } from '../probe/index.js';

/** Of checks alike that are all ok, as on a machine with ten devices, so many are shown. */
const mostAlike = 3;
const statusWidth = 'unknown'.length;
const indent = ' '.repeat(2);

const colours: Readonly<Record<CheckStatus, number>> = { ok: 32, no: 31, unknown: 33 };

export function describeReport(report: ProbeReport, colour: boolean): string {
  const { guesthead, machine, groups, verdict } = report;
  const paint = (status: CheckStatus, text: string) => (colour ? `\x1b[${colours[status]}m${text}\x1b[0m` : text);
  const who = `${machine.user} on ${machine.host}, ${machine.architecture}, Node ${machine.node}`;
  const last = `${paint(verdict.status, `verdict: ${verdict.status}`)}: ${verdict.text}`;
  return [
    `guesthead ${guesthead} probe, as ${who}`,
    ...groups.flatMap((group) => groupLines(group, paint)),
    '',
    last,
  ].join('\n');
}

type Paint = (status: CheckStatus, text: string) => string;

function groupLines({ id, checks }: CheckGroup, paint: Paint): string[] {
  return [
    '',
    id,
    ...folded(checks).flatMap((line) => (typeof line === 'string' ? [indent + line] : checkLines(line, paint))),
  ];
}

/** A row of checks of one kind that are all ok is cut short. */
function folded(checks: readonly Check[]): (Check | string)[] {
  const alike = new Map<string, number>();
  const lines: (Check | string)[] = [];
  for (const check of checks) {
    const count = check.status === 'ok' ? (alike.get(check.id) ?? 0) + 1 : 0;
    if (count > 0) alike.set(check.id, count);
    if (count <= mostAlike) lines.push(check);
  }
  const more = [...alike].filter(([, count]) => count > mostAlike);
  return [
    ...lines,
    ...more.map(([id, count]) => `… and ${count - mostAlike} more ${nameOf(id)} ok (--json lists them)`),
  ];
}

function checkLines({ id, status, found, why, advice, device }: Check, paint: Paint): string[] {
  const where = device === undefined || found.includes(device) ? '' : ` ${device}`;
  const first = `${indent}${paint(status, status.padEnd(statusWidth))} ${nameOf(id)}${where}: ${found}`;
  const margin = ' '.repeat(indent.length + statusWidth + 1);
  const reason = status === 'ok' ? [] : [`${margin}why: ${why}`];
  return [first, ...reason, ...(advice === null ? [] : [`${margin}→ ${advice}`])];
}

/** The group is named above. */
function nameOf(id: string): string {
  return id.split('.').slice(1).join('.');
}
