/** What is measured, each a section of the results. */
import assert from 'node:assert/strict';
import type { Lab, Size } from '../../src/lab/index.js';
import { compiledSeconds, guesthead, program, resultOf } from './clients.js';
import { Running, sampleOnce, usualWarmUpSeconds, type Client, type Sample } from './window.js';

export type Say = (line: string) => void;

/** Samples by name, one a round; all take turns, so that noise meets all of them. */
export type Rounds<S = Sample> = Readonly<Record<string, readonly S[]>>;

export async function takeTurns(
  lab: Lab,
  clients: readonly Client[],
  rounds: number,
  seconds: number,
  say: Say,
): Promise<Rounds<Sample & { readonly output: string }>> {
  const names = clients.map(({ name }) => name);
  return inTurn(names, rounds, say, (turn) => sampleOnce(lab, clients[turn]!, seconds));
}

async function inTurn<S extends Sample>(
  names: readonly string[],
  rounds: number,
  say: Say,
  take: (turn: number) => Promise<S>,
): Promise<Rounds<S>> {
  const samples = names.map((): S[] => []);
  for (let round = 1; round <= rounds; round++)
    for (const [turn, name] of names.entries()) {
      const taken = await take(turn);
      samples[turn]!.push(taken);
      say(`round ${round} of ${rounds}, ${name}: ${described(taken)}`);
    }
  return Object.fromEntries(names.map((name, turn) => [name, samples[turn]!]));
}

function described({ flipsPerSecond, cpuMsPerFlip, rssMiB }: Sample): string {
  return `${flipsPerSecond.toFixed(2)} flips/s, ${cpuMsPerFlip.toFixed(2)} ms CPU a flip, ${rssMiB.toFixed(0)} MiB`;
}

export const sizes: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 7680, height: 4320 },
];

export const nameOf = ({ width, height }: Size) => `${width}x${height}`;

/**
 * One guesthead, whose window the host resizes in between: a frame costs the same whatever its size, and
 * what else differs from one process to the next does not hide that.
 */
export async function sizesInTurn(lab: Lab, rounds: number, seconds: number, say: Say): Promise<Rounds> {
  await resize(lab, sizes[0]!);
  const client = { ...guesthead('guesthead', ['--pattern', 'none']), warmUpSeconds: compiledSeconds };
  const running = await Running.start(lab, client);
  try {
    return await inTurn(sizes.map(nameOf), rounds, say, async (turn) => {
      await resize(lab, sizes[turn]!);
      await shown(lab, sizes[turn]!);
      return running.sample(seconds);
    });
  } finally {
    await running.end();
  }
}

/** Resolves once the size is on the screen, and what making the buffers cost is over. */
async function shown(lab: Lab, size: Size): Promise<void> {
  const isShown = `grep -q 'mode: "${nameOf(size)}"' /sys/kernel/debug/dri/*/state`;
  const { status } = await lab.run(['timeout', '20', 'sh', '-c', `until ${isShown}; do sleep 0.1; done; sleep 2`]);
  assert.equal(status, 0, `guesthead did not follow to ${nameOf(size)}`);
}

/** Resolves once the guest's kernel prefers the size. */
export async function resize(lab: Lab, size: Size): Promise<void> {
  await lab.resize(0, size);
  const listed = `for f in /sys/class/drm/card*-Virtual-1; do echo detect > $f/status; head -n 1 $f/modes; done | grep -qx ${nameOf(size)}`;
  await lab.run(['timeout', '20', 'sh', '-c', `until ${listed}; do sleep 0.1; done; sleep 0.5`]);
}

export const manners = ['flips(), an empty draw', "present() of a client's buffers"] as const;

/** One program that shows frames in both ways, turn by turn: once each to be compiled, then to be measured. */
export async function mannersInTurn(lab: Lab, rounds: number, seconds: number, say: Say): Promise<Rounds> {
  const running = await Running.start(lab, program);
  let manner = 0;
  const changeTo = async (turn: number, warmUpSeconds: number) => {
    if (manner !== turn) running.signal('SIGUSR2');
    manner = turn;
    await lab.run(['sleep', String(warmUpSeconds)]);
  };
  try {
    await changeTo(1, compiledSeconds);
    return await inTurn(manners, rounds, say, async (turn) => {
      await changeTo(turn, usualWarmUpSeconds);
      return running.sample(seconds);
    });
  } finally {
    await running.end();
  }
}

export const orders = [
  guesthead('fifo', ['--pattern', 'bars']),
  guesthead('fifo, --deadline', ['--pattern', 'bars', '--deadline']),
  guesthead('mailbox', ['--pattern', 'bars', '--present-mode', 'mailbox']),
];

/** Of each sample, from its own JSON, ms. */
export function latencies(samples: readonly { readonly output: string }[]): number[] {
  return samples.map(({ output }) => resultOf(output).latencyMs?.p50 ?? NaN);
}

export interface Start {
  /** From the start of the process to its first flip, and to the end of a Node process that does nothing. */
  readonly firstFlipMs: number;
  readonly nodeMs: number;
}

export async function starts(lab: Lab, rounds: number, say: Say): Promise<Start[]> {
  const taken: Start[] = [];
  for (let round = 1; round <= rounds; round++) {
    const run = await lab.run(['guesthead', 'run', '--frames', '1', '--pattern', 'none', '--json']);
    const node = await lab.run(['sh', '-c', 'a=$(date +%s%N); node -e 0; b=$(date +%s%N); echo $(( (b - a) / 1000 ))']);
    const start = { firstFlipMs: resultOf(run.stdout).firstFlipMs ?? NaN, nodeMs: Number(node.stdout) / 1000 };
    taken.push(start);
    say(
      `round ${round} of ${rounds}, start: first flip after ${start.firstFlipMs.toFixed(0)} ms; node alone ${start.nodeMs.toFixed(0)} ms`,
    );
  }
  return taken;
}
