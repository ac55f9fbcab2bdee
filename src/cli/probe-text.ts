/** A probe's report for people: one screen, grouped, and what to do about what is not ok. */
import type { Check, CheckStatus, ProbeReport } from '../probe/index.js';

/** Of checks that ended alike, as on a machine with ten devices, so many are shown. */
const mostAlike = 3;
const statusWidth = 'unknown'.length;
const margin = ' '.repeat(statusWidth + 3);
const colours: Readonly<Record<CheckStatus, number>> = { ok: 32, no: 31, unknown: 33 };

type Paint = (status: CheckStatus, text: string) => string;

/** A probe's report, or one like it with groups of its own. */
export interface Described extends Pick<ProbeReport, 'guesthead' | 'machine' | 'verdict'> {
  readonly groups: readonly Group[];
}

interface Group {
  readonly id: string;
  readonly checks: readonly Check[];
}

/** Source: no-color.org. */
export function wantsColour(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

/** `asked`: the words of the command that was asked for it. */
export function describeReport(report: Described, colour: boolean, asked = 'probe'): string {
  const { guesthead, machine, groups, verdict } = report;
  const paint: Paint = (status, text) => (colour ? `\x1b[${colours[status]}m${text}\x1b[0m` : text);
  const who = `${machine.user} on ${machine.host}, ${machine.architecture}, Node ${machine.node}`;
  const last = `${paint(verdict.status, `verdict: ${verdict.status}`)}: ${verdict.text}`;
  const told = new Set<string>();
  const lines = groups.filter(concernsMany).flatMap((group) => ['', ...groupLines(group, paint, told)]);
  return [`guesthead ${guesthead} ${asked}, as ${who}`, ...lines, '', last].join('\n');
}

/** The transfer is for few guests: without its port only `--json` tells of it. And of what has nothing to tell there is no heading. */
function concernsMany({ id, checks }: Group): boolean {
  if (checks.length === 0) return false;
  return id !== 'transfer' || checks.some(({ status }) => status !== 'unknown');
}

/** One line, or several checks with the same outcome in one. */
interface Row extends Pick<Check, 'status' | 'found' | 'why' | 'advice'> {
  readonly names: readonly string[];
  readonly device: string | undefined;
}

/** `told` has every reason and advice printed so far: once is enough. */
function groupLines({ id, checks }: Group, paint: Paint, told: Set<string>): string[] {
  const merged = mergeSame(checks);
  const { shown, more } = foldAlike(id === 'gl' ? joinFine(merged) : merged);
  return [id, ...shown.flatMap((row) => rowLines(row, paint, told)), ...more];
}

/** What a driver has, and has well, in one line after its name. */
function joinFine([driver, ...others]: readonly Row[]): Row[] {
  const isFine = ({ status, advice }: Row) => status === 'ok' && advice === null;
  const fine = others.filter(isFine);
  const [first] = fine;
  const joined = first && {
    ...first,
    names: fine.flatMap(({ names }) => names),
    found: fine.map(({ found }) => found).join('; '),
  };
  return [driver, joined, ...others.filter((row) => !isFine(row))].filter((row) => row !== undefined);
}

/** Cuts short what is alike. */
function foldAlike(rows: readonly Row[]): { shown: Row[]; more: string[] } {
  const alike = new Map<string, number>();
  const shown = rows.filter(({ names, status }) => {
    const kind = `${names.join(', ')} ${status}`;
    const count = (alike.get(kind) ?? 0) + 1;
    alike.set(kind, count);
    return count <= mostAlike;
  });
  const cut = [...alike].filter(([, count]) => count > mostAlike);
  return { shown, more: cut.map(([kind, count]) => `  … and ${count - mostAlike} more ${kind} (--json lists them)`) };
}

/** Steps that were not tried for one reason, nodes that are closed in one way. */
function mergeSame(checks: readonly Check[]): Row[] {
  const rows: Row[] = [];
  for (const { id, device, ...check } of checks) {
    const last = rows.at(-1);
    const isSame = check.status !== 'ok' && last?.status === check.status && last.found === check.found;
    const name = nameOf(id);
    if (!isSame) rows.push({ ...check, names: [name], device });
    else if (last.names.includes(name)) rows[rows.length - 1] = { ...last, device: join(last.device, device) };
    else rows[rows.length - 1] = { ...last, names: [...last.names, name], device: undefined, why: '' };
  }
  return rows;
}

function join(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined ? second : `${first}, ${second ?? ''}`;
}

function rowLines({ names, device, status, found, why, advice }: Row, paint: Paint, told: Set<string>): string[] {
  const where = device === undefined || found.includes(device) ? '' : ` ${device}`;
  const first = `  ${paint(status, status.padEnd(statusWidth))} ${names.join(', ')}${where}: ${found}`;
  const reason = status === 'ok' || why === '' ? [] : [`why: ${why}`];
  const more = [...reason, ...(advice === null ? [] : [`→ ${advice}`])].filter((line) => !told.has(line));
  for (const line of more) told.add(line);
  return [first, ...more.map((line) => `${margin}${line}`)];
}

/** The group is named above. */
function nameOf(id: string): string {
  return id.split('.').slice(1).join('.');
}
