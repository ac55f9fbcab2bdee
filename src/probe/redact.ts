/**
 * Takes out of a report what identifies a machine or a person, each thing replaced by
 * the same word everywhere. Drivers, addresses, sizes and versions stay: they are what a
 * bug report is for.
 */
import type { CheckGroup, DeviceFacts, HeadFacts, ProbeReport } from './report.js';

export interface Secrets {
  /** Processes that hold a display. */
  readonly commands: readonly string[];
  readonly home: string;
}

export function redact(report: ProbeReport, { commands, home }: Secrets): ProbeReport {
  const { host, user, root } = report.machine;
  const serials = new Pseudonyms('serial');
  const clean = cleaner([
    ...(home.length > 1 && !root ? [{ pattern: word(home), replacement: '/home/user-1' }] : []),
    { pattern: word(host), replacement: 'host-1' },
    ...(root ? [] : [{ pattern: word(user), replacement: 'user-1' }]),
    ...[...new Set(commands)].map((command, index) => ({
      // DrmNode and the probe both write it like this; the word alone may well be `node`
      pattern: new RegExp(`${literal(command)}(?= \\(pid \\d+\\))`, 'g'),
      replacement: `process-${index + 1}`,
    })),
  ]);
  return {
    ...report,
    redacted: true,
    machine: { ...report.machine, host: 'host-1', user: root ? 'root' : 'user-1' },
    devices: report.devices.map((device) => redactDevice(device, serials)),
    groups: report.groups.map((group) => redactGroup(group, clean)),
    verdict: {
      ...report.verdict,
      refused: report.verdict.refused.map((refusal) => ({ ...refusal, advice: clean(refusal.advice) })),
      text: clean(report.verdict.text),
    },
  };
}

function redactDevice(device: DeviceFacts, serials: Pseudonyms): DeviceFacts {
  const heads = device.heads.map((head): HeadFacts => ({ ...head, serial: serials.of(head.serial) }));
  return { ...device, serial: serials.of(device.serial), heads };
}

/** Only what was read: the rest are sentences of ours. */
function redactGroup({ id, checks }: CheckGroup, clean: (text: string) => string): CheckGroup {
  return {
    id,
    checks: checks.map((check) => ({
      ...check,
      found: clean(check.found),
      advice: check.advice === null ? null : clean(check.advice),
    })),
  };
}

/** `serial-1`, `serial-2`, … in the order of their appearance. */
class Pseudonyms {
  readonly #names = new Map<string, string>();

  constructor(private readonly kind: string) {}

  of(value: string | null): string | null {
    if (value === null) return null;
    const known = this.#names.get(value) ?? `${this.kind}-${this.#names.size + 1}`;
    this.#names.set(value, known);
    return known;
  }
}

interface Replacement {
  readonly pattern: RegExp;
  readonly replacement: string;
}

function cleaner(replacements: readonly Replacement[]): (text: string) => string {
  return (text) => replacements.reduce((all, { pattern, replacement }) => all.replace(pattern, replacement), text);
}

/** Not inside of another word: a user called `a` must not spoil the whole text. */
function word(text: string): RegExp {
  return text === '' ? /(?!)/g : new RegExp(`(?<![\\w-])${literal(text)}(?![\\w-])`, 'g');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
