/** What a process in the guest uses over a window of time, read from /proc by the guest's own shell. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Lab } from '../../src/lab/index.js';

/** A command in the guest that flips until it is ended. */
export interface Client {
  readonly name: string;
  readonly command: readonly string[];
  /** How long it runs before the window; the usual 3 s where it does not say. */
  readonly warmUpSeconds?: number;
  /** How to end it. */
  readonly end: (job: Job) => void;
  /** Flips a second, from all that it printed; `from` = what it had printed before the window. */
  readonly rate: (output: string, from: string) => number;
}

export interface Sample {
  readonly flipsPerSecond: number;
  /** User and system time of all threads over the flips of the same window. */
  readonly cpuMsPerFlip: number;
  /** VmRSS at the end of the window. */
  readonly rssMiB: number;
  /** All that it printed. */
  readonly output: string;
}

const usualWarmUpSeconds = 3;
/** For a client to end by itself. */
const endSeconds = 10;
/** Of /proc/PID/stat: USER_HZ, the same on every x86 Linux. */
const ticksPerSecond = 100;

export async function sample(lab: Lab, client: Client, seconds: number): Promise<Sample> {
  let output = '';
  const hear = (chunk: Buffer) => (output += chunk.toString());
  const job = lab.start(['sh', '-c', 'echo "pid $$"; exec "$@"', 'sh', ...client.command], {
    onStdout: hear,
    onStderr: hear,
  });
  const ended = job.done.catch(() => undefined);
  try {
    await lab.run(['sleep', String(client.warmUpSeconds ?? usualWarmUpSeconds)]);
    const pid = /^pid (\d+)$/m.exec(output)?.[1];
    assert.ok(pid !== undefined, `${client.name} did not start: ${output}`);
    const before = output;
    const used = await usage(lab, client, pid, seconds, () => output);
    client.end(job);
    await Promise.race([ended, sleep(endSeconds * 1000, undefined, { ref: false })]);
    const flipsPerSecond = client.rate(output, before);
    const flips = flipsPerSecond * used.seconds;
    return { flipsPerSecond, cpuMsPerFlip: used.cpuMs / flips, rssMiB: used.rssMiB, output };
  } finally {
    job.kill('SIGKILL');
    await ended;
  }
}

interface Usage {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** One shell for the whole window, so that nothing of the host's lies in between. */
async function usage(lab: Lab, { name }: Client, pid: string, seconds: number, said: () => string): Promise<Usage> {
  const read = `cut -d' ' -f1 /proc/uptime && sed 's/.*) //' /proc/${pid}/stat`;
  const script = `${read} && sleep ${seconds} && ${read} && grep VmRSS /proc/${pid}/status`;
  const { stdout, status } = await lab.run(['sh', '-c', script]);
  assert.equal(status, 0, `${name} ended too early: ${said()}`);
  const [up0, stat0, up1, stat1, rss] = stdout.trim().split('\n') as [string, string, string, string, string];
  return {
    seconds: Number(up1) - Number(up0),
    cpuMs: ((ticksOf(stat1) - ticksOf(stat0)) / ticksPerSecond) * 1000,
    rssMiB: Number(/\d+/.exec(rss)?.[0]) / 1024,
  };
}

/** utime and stime: fields 14 and 15 of the file, of which the first two are cut off. */
function ticksOf(stat: string): number {
  const fields = stat.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
