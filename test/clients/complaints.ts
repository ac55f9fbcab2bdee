/** What a client has said that sounds like a fault, among what WAYLAND_DEBUG has it say of each message. */
import type { Known } from './client.js';

/** `[ 123456.789]  -> wl_surface@3.commit()`, and since libwayland 1.22 `[…] {queue} wl_display#1.error(…)`. */
const message = /^\[[\d .:]+\] +(?:\{[^}]*\} +)?(?:discarded )?(?:-> )?[a-z]\w*[@#]\d+\./;
const protocolError = /wl_display[@#]1\.error\(/;
const complaint = /\b(warn(ing)?|critical|fatal|error|fail(ed|ure)?|abort(ed)?|assert(ion)?|segmentation)\b/i;

/** Of the lab, whoever the client is. */
const everywhere: readonly Known[] = [
  { says: /libinput says: .*your system is too slow/, why: 'libinput finds the emulated machine slow' },
  {
    says: /^kiosk: No flip event for \d+ ms → no fence is pending/,
    why: 'the host, which emulates, was too busy to flip',
  },
];

export interface Heard {
  readonly complaints: readonly string[];
  /** Those that are known, each with its reason. */
  readonly harmless: readonly string[];
  /** How many pictures it has committed. */
  readonly commits: number;
}

/** `saidByKiosk`: its standard error, each line of which is a fault. */
export function heardIn(log: string, known: readonly Known[] = [], saidByKiosk = ''): Heard {
  const lines = log.split('\n');
  const sounding = lines.filter((line) => (message.test(line) ? protocolError.test(line) : complaint.test(line)));
  const all = [...sounding, ...saidByKiosk.split('\n').filter((line) => line.startsWith('kiosk: '))];
  const reasonOf = (line: string) => [...everywhere, ...known].find(({ says }) => says.test(line))?.why;
  return {
    complaints: all.filter((line) => reasonOf(line) === undefined),
    harmless: [...new Set(all.flatMap((line) => reasonOf(line) ?? []))],
    commits: lines.filter((line) => /-> wl_surface[@#]\d+\.commit\(/.test(line)).length,
  };
}
