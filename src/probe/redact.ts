/**
 * Takes out of a report what identifies a machine or a person, each thing replaced by
 * the same word everywhere. Drivers, addresses, sizes and versions stay: they are what a
 * bug report is for.
 */
import type { CheckGroup, DeviceFacts, ProbeReport } from './report.js';

export function redact(report: ProbeReport, home: string): ProbeReport {
  const { host, user, root } = report.machine;
  const serials = new Pseudonyms('serial');
  const processes = new Pseudonyms('process');
  const clean = cleaner([
    ...(home.length > 1 && !root ? [{ pattern: word(home), replacement: '/home/user-1' }] : []),
    { pattern: word(host), replacement: 'host-1' },
    ...(root ? [] : [{ pattern: word(user), replacement: 'user-1' }]),
    { pattern: holder, replacement: (command) => processes.of(command) },
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

/** Who holds a display, as the probe and `DrmNode` write it. */
const holder = /(?<=DRM master is |\(DRM master\)(?: on \S+)?: ).+?(?= \(pid \d+\))/g;

function redactDevice(device: DeviceFacts, serials: Pseudonyms): DeviceFacts {
  const serialOf = (serial: string | null) => (serial === null ? null : serials.of(serial));
  const serial = serialOf(device.serial);
  return { ...device, serial, heads: device.heads.map((head) => ({ ...head, serial: serialOf(head.serial) })) };
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

  of(value: string): string {
    const known = this.#names.get(value) ?? `${this.kind}-${this.#names.size + 1}`;
    this.#names.set(value, known);
    return known;
  }
}

interface Replacement {
  readonly pattern: RegExp;
  readonly replacement: string | ((found: string) => string);
}

function cleaner(replacements: readonly Replacement[]): (text: string) => string {
  return (text) =>
    replacements.reduce((all, { pattern, replacement }) => {
      return typeof replacement === 'string' ? all.replace(pattern, replacement) : all.replace(pattern, replacement);
    }, text);
}

/** A name shorter than this may be any word of a sentence: it counts only in a path, a list or a command. */
const shortestWord = 3;

/** Not inside of another word. */
function word(text: string): RegExp {
  if (text === '') return /(?!)/g;
  const before = text.length < shortestWord ? '(?<=[/:`@]|-aG )' : '(?<![\\w-])';
  return new RegExp(`${before}${literal(text)}(?![\\w-])`, 'g');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
