/**
 * One head that flips, or a kiosk, in the lab for a long time, while faults come at random: after each
 * the flips must go on, and at the end the process must hold what it held when it was warm.
 * Every wait is bounded; the seed brings the same faults in the same order back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, type Size } from '../../../src/lab/index.js';
import { buildErrnoInjector, buildMasterThief, ErrnoInjector } from '../../support/fault-tools.js';
import { Flipper } from '../../support/flipper.js';
import { HostWindow } from '../../support/host-window.js';
import { Random } from '../../support/random.js';
import { Account, type Count } from './account.js';
import type { Scene } from './faults.js';
import { buffers, type Subject } from './subjects.js';

export interface SoakOptions {
  /** From the first flip on. */
  readonly seconds: number;
  readonly seed: number;
  readonly subject: Subject;
  /** Of the subject's; none = a run that shall be dull. */
  readonly faults: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const size: Size = { width: 1280, height: 720 };
const warmUpSeconds = 5;
/** Between two faults. */
const pauseMs = { least: 200, most: 2500 };
const dullLineMs = 10_000;
const dark = 'nothing';
/** For what the kernel still has to let go: a frame under way, a buffer that was locked. */
const settleMs = 10_000;

/** Resolves with what was not as it should be: nothing, or one line for each. Rejects where flips did not go on. */
export async function soak(options: SoakOptions): Promise<string[]> {
  const { signal, seed, say, subject } = options;
  say(`seed ${seed}, ${options.seconds} s, faults: ${options.faults.join(', ') || 'none'}`);
  const [library, thief] = await Promise.all([buildErrnoInjector(), buildMasterThief()]);
  const lab = await Lab.boot({ size, udmabufStandIn: true, signal });
  try {
    const injector = new ErrnoInjector(lab, library, 'soak');
    const shown = await showing(lab);
    const env = options.faults.includes('errno') ? injector.env : {}; // it logs each commit
    const headOptions = { path: 'auto', reopen: true, onResize: 'follow', buffers } as const;
    const flipper = await Flipper.start(lab, headOptions, env, subject.program);
    const random = new Random(seed);
    const scene: Scene = { lab, flipper, window: new HostWindow(lab), injector, thief, random, signal };
    const wrong = await torment(scene, options);
    const { status, unopened, closed } = await flipper.end();
    if (status !== 0) wrong.push(`the process ended with ${status ?? 'a signal'}`);
    if (closed.framebuffers > unopened.framebuffers) wrong.push(`${closed.framebuffers} framebuffers after the end`);
    const left = await showing(lab);
    if (!(await givenBack(lab, left, shown))) wrong.push(`the screen was not given back: ${left}, at first ${shown}`);
    return wrong;
  } finally {
    await lab.close();
  }
}

async function torment(scene: Scene, options: SoakOptions): Promise<string[]> {
  const { flipper, window, random, signal } = scene;
  const { seconds, say } = options;
  const end = Date.now() + seconds * 1000;
  await sleep(warmUpSeconds * 1000, undefined, { signal });
  const first = await counted(flipper);
  const { flips, missed } = await flipper.status();
  const account = new Account(first);
  let number = 0;
  let round: string[] = [];
  while (Date.now() < end) {
    if (round.length === 0) round = random.shuffled(options.faults); // each comes as often as the others
    const fault = round.shift();
    if (fault !== undefined) await once(scene, account, ++number, fault, options);
    else say(account.describe(await counted(flipper)));
    const rest = options.faults.length > 0 ? random.whole(pauseMs.least, pauseMs.most) : dullLineMs;
    await sleep(Math.max(Math.min(rest, end - Date.now()), 0), undefined, { signal });
  }
  await window.set(size);
  await window.settled(flipper, 20);
  const last = await settled(flipper, account);
  const status = await flipper.status();
  const share = (100 * (status.missed - missed)) / Math.max(status.missed - missed + status.flips - flips, 1);
  say(`${number} faults, ${status.flips} flips, ${share.toFixed(2)} % missed; ${account.describe(last)}`);
  say(`reported: ${JSON.stringify(status.faults)}`);
  return account.differences(last);
}

/** One fault, after which it flips on, and on the best path again. */
async function once(
  { flipper, ...others }: Scene,
  account: Account,
  number: number,
  name: string,
  { subject, say }: SoakOptions,
): Promise<void> {
  const before = await counted(flipper);
  const started = Date.now();
  try {
    const what = await subject.faults[name]?.({ flipper, ...others });
    await flipper.flipsOn();
    const tookMs = Date.now() - started;
    await climb(flipper);
    if (name === 'rebind') account.lost(before, await counted(flipper), subject.mostParked);
    const left = account.uneven(await settled(flipper, account));
    if (left.length > 0) throw new Error(`it has left ${left.join(', ')}`);
    say(`${number}. ${name}: ${what ?? 'nothing'}; flips after ${tookMs} ms`);
  } catch (error) {
    throw new Error(`fault ${number}, ${name}: ${String(error)}\n${flipper.report}`, { cause: error });
  }
}

/** A commit or a buffer that was refused took it down the ladder. */
async function climb(flipper: Flipper): Promise<void> {
  const limit = Date.now() + 30_000;
  while ((await flipper.status()).path !== 'import') {
    if (Date.now() > limit) throw new Error('it does not come back to the import path');
    await flipper.upgrade();
    await flipper.flipsOn();
  }
}

/** As it is once it is even, or remains. */
async function settled(flipper: Flipper, account: Account): Promise<Count> {
  for (const limit = Date.now() + settleMs; ;) {
    const count = await counted(flipper);
    if (account.uneven(count).length === 0 || Date.now() > limit) return count;
    await sleep(500);
  }
}

async function counted(flipper: Flipper): Promise<Count> {
  const { held, rss } = await flipper.held();
  return { ...held, rss };
}

/**
 * The kernel makes its console's framebuffer once, when the device is bound, as large as the
 * window is then. After the last close it looks for a mode that fits into it; where the window
 * has become larger and none does, it turns the CRTC off. Seen on 7.2 without any process of
 * ours: bound at 320x208 or 720x400 and resized to 1280x720, the console is gone.
 */
async function givenBack(lab: Lab, left: string, shown: string): Promise<boolean> {
  if (left === shown) return true;
  const { stdout } = await lab.run(['cat', '/sys/class/graphics/fb0/virtual_size']);
  const [width = 0, height = 0] = stdout.trim().split(',').map(Number);
  return left === dark && (width < size.width || height < size.height);
}

/** Whose pictures the CRTCs show. */
async function showing(lab: Lab): Promise<string> {
  const list = 'grep -h "allocated by" /sys/kernel/debug/dri/*/state | sort -u';
  return (await lab.run(['sh', '-c', list])).stdout.trim() || dark;
}
