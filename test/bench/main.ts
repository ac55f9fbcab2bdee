/** `npm run bench [-- OPTIONS]`: tables on standard output, the numbers as JSON in bench/results, status 1 where a goal is missed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.js';
import { Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import { clients, kmscube } from './clients.js';
import { composeInTurn, misses, stallsInTurn } from './gl.js';
import { measureInstructions } from './instructions.js';
import { comparePeers } from './kiosk-peers.js';
import { measureKiosk } from './kiosk.js';
import { goals, goalLines, tables, type Results } from './report.js';
import { mannersInTurn, orders, resize, sizesInTurn, starts, takeTurns, type Rounds, type Say } from './sections.js';
import { sharedInTurn } from './transfer.js';
import { countFlips, sampleOnce } from './window.js';

const usage = `usage: npm run bench [-- OPTIONS]
  --rounds N     turns that each client has (default: 7)
  --seconds S    the window in which each is measured (default: 8)
  --kiosk        the kiosk alone, which judges nothing
  --compare ROOT the kiosk beside weston's kiosk-shell and cage, on that tree of files, which has them (with --kiosk), e.g. of
                 mmdebstrap --variant=minbase --include=nodejs,libdrm2,libgbm1,libegl1,libgles2,libgl1-mesa-dri,libwayland-server0,libpixman-1-0,libinput10,libxkbcommon0,xkb-data,weston,cage,seatd trixie ROOT
  --instructions what a frame costs in instructions, which a busy machine does not change (10 minutes)
  --docs         write the tables into docs/measurements.md, too`;

const mode = { width: 1920, height: 1080, hz: 75 };
/** Four buffers of 7680x4320 take half a GiB. */
const memory = '4G';
const extraBoots = 2;
const drawnSize = { width: 1280, height: 720 };

interface Words {
  readonly rounds: number;
  readonly seconds: number;
  readonly docs: boolean;
  readonly kiosk: boolean;
  readonly instructions: boolean;
  readonly compare: string | undefined;
}

function parse(): Words {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: { rounds: text, seconds: text, docs: flag, kiosk: flag, instructions: flag, compare: text },
  });
  const [rounds, seconds] = [Number(values.rounds ?? 7), Number(values.seconds ?? 8)];
  if (!Number.isInteger(rounds) || rounds < 1 || !(seconds >= 2))
    throw new Error('rounds: 1 or more; seconds: 2 or more');
  const { docs, kiosk, instructions, compare } = values;
  if (compare !== undefined && !kiosk) throw new Error('--compare goes with --kiosk');
  return { rounds, seconds, docs, kiosk, instructions, compare };
}

/** The transfer has a boot of its own, with its port. */
async function measure(rounds: number, seconds: number, say: Say): Promise<Results> {
  const shared = await sharedInTurn(rounds, seconds, say);
  return { ...(await measureHeads(rounds, seconds, say)), shared };
}

async function measureHeads(rounds: number, seconds: number, say: Say): Promise<Omit<Results, 'shared'>> {
  const bootMs: number[] = [];
  const boot = async () => {
    const before = performance.now();
    const lab = await Lab.boot({ size: mode, memory });
    bootMs.push(performance.now() - before);
    say(`booted the lab in ${(bootMs.at(-1)! / 1000).toFixed(1)} s`);
    return lab;
  };
  for (let extra = 0; extra < extraBoots; extra++) await (await boot()).close();
  const lab = await boot();
  try {
    await countFlips(lab);
    const compared = await takeTurns(lab, await clients(lab, mode), rounds, seconds, say);
    const cube = await cubes(lab, seconds, say);
    const ordered = await takeTurns(lab, orders, rounds, seconds, say);
    const inManners = await mannersInTurn(lab, rounds, seconds, say);
    const started = await starts(lab, rounds, say);
    const composed = await composeInTurn(lab, rounds, say);
    const sized = await sizesInTurn(lab, rounds, seconds, say);
    await resize(lab, drawnSize);
    const held = await stallsInTurn(lab, rounds, say);
    const missed = await misses(lab);
    await resize(lab, mode);
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, QEMU (${lab.accelerator}), Linux ${lab.kernel.release}`;
    const date = new Date().toISOString();
    const all = { ...compared, ...cube };
    const inTurns = { clients: all, sizes: sized, manners: inManners, orders: ordered, starts: started };
    return { date, machine, ...inTurns, composed, stalls: held, misses: missed, bootMs };
  } finally {
    await lab.close();
  }
}

/** One window: where GL is done in software on an emulated processor it is no rival, but it can run. */
async function cubes(lab: Lab, seconds: number, say: Say): Promise<Rounds> {
  try {
    return { [kmscube.name]: [await sampleOnce(lab, kmscube, seconds)] };
  } catch (error) {
    say(`kmscube cannot run here: ${messageOf(error).split('\n')[0] ?? ''}`);
    return {};
  }
}

function save(results: Results): string {
  const folder = join(packageRoot, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${results.date.replaceAll(':', '')}.json`);
  const withoutOutput = (key: string, value: unknown) => (key === 'output' ? undefined : value);
  writeFileSync(file, `${JSON.stringify({ ...results, goals: goals(results) }, withoutOutput, 1)}\n`);
  return file;
}

/** Between the marks. */
function writePage(results: Results): void {
  const file = join(packageRoot, 'docs/measurements.md');
  const [before, after] = ['<!-- bench -->\n', '<!-- /bench -->'];
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(before) + before.length, text.indexOf(after)];
  if (from < before.length || to < from) throw new Error('docs/measurements.md has no marks for the tables');
  const title = `Measured on ${results.date.slice(0, 10)}; ${results.machine}. Medians (least–most).`;
  writeFileSync(file, `${text.slice(0, from)}\n${[title, '', ...tables(results), ''].join('\n')}\n${text.slice(to)}`);
}

/** What judges nothing. */
function tablesOf({ rounds, seconds, instructions, compare }: Words): Promise<string[]> {
  const say = (line: string) => console.error(line);
  if (instructions) return measureInstructions(say);
  return compare === undefined ? measureKiosk(rounds, seconds, say) : comparePeers(compare, rounds, seconds, say);
}

async function main(): Promise<number> {
  let words;
  try {
    words = parse();
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`);
    return 2;
  }
  if (words.kiosk || words.instructions) {
    console.log((await tablesOf(words)).join('\n'));
    return 0;
  }
  const results = await measure(words.rounds, words.seconds, (line) => console.error(line));
  console.log(tables(results).join('\n'));
  console.log(`\n${goalLines(results).join('\n')}`);
  if (words.docs) writePage(results);
  console.error(`the numbers are in ${save(results)}`);
  return goals(results).every(({ reached }) => reached) ? 0 : 1;
}

process.exitCode = await main();
