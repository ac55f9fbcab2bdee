/** What is measured, each a section of the results. */
import type { Lab, Size } from '../../src/lab/index.js';
import { guesthead, resultOf } from './clients.js';
import { sample, type Client, type Sample } from './window.js';

export type Say = (line: string) => void;

/** Every client's samples, one a round; the clients take turns, so that noise meets all of them. */
export type Rounds = Readonly<Record<string, readonly Sample[]>>;

export async function takeTurns(
  lab: Lab,
  clients: readonly Client[],
  rounds: number,
  seconds: number,
  say: Say,
): Promise<Rounds> {
  const samples = Object.fromEntries(clients.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 1; round <= rounds; round++)
    for (const client of clients) {
      const taken = await sample(lab, client, seconds);
      samples[client.name]?.push(taken);
      const { flipsPerSecond, cpuMsPerFlip, rssMiB } = taken;
      const figures = `${flipsPerSecond.toFixed(2)} flips/s, ${cpuMsPerFlip.toFixed(2)} ms CPU a flip, ${rssMiB.toFixed(0)} MiB`;
      say(`round ${round} of ${rounds}, ${client.name}: ${figures}`);
    }
  return samples;
}

export const sizes: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 7680, height: 4320 },
];

export const nameOf = ({ width, height }: Size) => `${width}x${height}`;

/** Until V8 has compiled most of what runs each frame: what it compiles meanwhile would hide what the size costs. */
const mostlyCompiledSeconds = 15;

/** guesthead at each size in turn, the host's window resized in between; a frame costs the same whatever its size. */
export async function sizesInTurn(lab: Lab, rounds: number, seconds: number, say: Say): Promise<Rounds> {
  const samples = Object.fromEntries(sizes.map((size) => [nameOf(size), [] as Sample[]]));
  for (let round = 1; round <= rounds; round++)
    for (const size of sizes) {
      await resize(lab, size);
      const client = guesthead(nameOf(size), ['--pattern', 'none']);
      const taken = await sample(lab, { ...client, warmUpSeconds: mostlyCompiledSeconds }, seconds);
      samples[nameOf(size)]?.push(taken);
      say(
        `round ${round} of ${rounds}, ${nameOf(size)}: ${taken.cpuMsPerFlip.toFixed(2)} ms CPU a flip at ${taken.flipsPerSecond.toFixed(2)} flips/s`,
      );
    }
  return samples;
}

/** Resolves once the guest's kernel prefers the size. */
export async function resize(lab: Lab, size: Size): Promise<void> {
  await lab.resize(0, size);
  const listed = `for f in /sys/class/drm/card*-Virtual-1; do echo detect > $f/status; head -n 1 $f/modes; done | grep -qx ${nameOf(size)}`;
  await lab.run(['timeout', '20', 'sh', '-c', `until ${listed}; do sleep 0.1; done; sleep 0.5`]);
}

export const orders = [
  guesthead('fifo', ['--pattern', 'bars']),
  guesthead('fifo, --deadline', ['--pattern', 'bars', '--deadline']),
  guesthead('mailbox', ['--pattern', 'bars', '--presentation', 'mailbox']),
];

/** Of each sample, from its own JSON, ms. */
export function latencies(samples: readonly Sample[]): number[] {
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
