/** `npm run soak [-- OPTIONS]`: one line a fault, a summary, and status 0 or 1. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/errors.js';
import { seedOf } from '../../support/random.js';
import { soak } from './soak.js';
import { subjects, type Subject } from './subjects.js';

function namesOf({ faults }: Subject): string[] {
  return Object.keys(faults);
}

const usage = `usage: npm run soak [-- OPTIONS]
  --seconds N      how long (default: 600)
  --seed S         the faults of an earlier run again
  --kiosk          a kiosk with weston's clients, not a head that flips
  --faults LIST    of ${namesOf(subjects.head).join(',')} (default: all),
                   with --kiosk of ${namesOf(subjects.kiosk).join(',')}; or none: a run that shall be dull`;

interface Words {
  readonly seconds: number;
  readonly seed: number;
  readonly subject: Subject;
  readonly faults: readonly string[];
}

function parse(): Words {
  const text = { type: 'string' } as const;
  const kiosk = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { seconds: text, seed: text, faults: text, kiosk } });
  const subject = values.kiosk ? subjects.kiosk : subjects.head;
  const faultNames = namesOf(subject);
  const [seconds, seed] = [
    Number(values.seconds ?? 600),
    seedOf(values.seed ?? process.env['GUESTHEAD_SEED'] ?? 'random'),
  ];
  const faults = values.faults === 'none' ? [] : (values.faults?.split(',') ?? faultNames);
  const unknown = faults.filter((name) => !faultNames.includes(name));
  if (!(seconds > 0) || !Number.isInteger(seed) || seed <= 0) throw new Error('seconds and seed are positive numbers');
  if (unknown.length > 0) throw new Error(`no fault called ${unknown.join(', ')}`);
  return { seconds, seed, subject, faults };
}

async function main(): Promise<number> {
  let words: Words;
  try {
    words = parse();
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`);
    return 2;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => abort.abort(new Error(`ended by ${name}`)));
  const started = Date.now();
  const say = (line: string) => console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const { signal } = abort;
  const wrong = await soak({ ...words, say, signal }).catch((error: unknown) => [
    messageOf(signal.aborted ? signal.reason : error),
  ]);
  for (const line of wrong) console.error(line);
  console.log(wrong.length === 0 ? 'passed' : `failed; again with --seed ${words.seed}`);
  return wrong.length === 0 ? 0 : 1;
}

process.exitCode = await main();
