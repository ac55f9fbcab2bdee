/** What a process in the guest uses over a window of time, read from /proc by the guest's own shell. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Lab } from '../../src/lab/index.js';

/** A command in the guest that flips until SIGINT. */
export interface Client {
  readonly name: string;
  readonly command: readonly string[];
  /** How long it runs before the window; the usual 3 s where it does not say. */
  readonly warmUpSeconds?: number;
}

export interface Sample {
  readonly flipsPerSecond: number;
  /** User and system time of all threads over the flips of the same window. */
  readonly cpuMsPerFlip: number;
  /** VmRSS at the end of the window. */
  readonly rssMiB: number;
}

/** What a process used in a window, and what the whole guest flipped. */
export interface Use {
  readonly flips: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

export const usualWarmUpSeconds = 3;
/** For a client to end by itself. */
const endSeconds = 10;
/** Of /proc/PID/stat: USER_HZ, the same on every x86 Linux. */
const ticksPerSecond = 100;
/** The kernel's own count of what was flipped, whoever did. */
const flipEvents = '/sys/kernel/tracing/events/drm/drm_vblank_event_delivered';

/** From now on the guest's kernel counts flips. */
export async function countFlips(lab: Lab): Promise<void> {
  const { status, stderr } = await lab.run(['sh', '-c', `echo hist:keys=crtc > ${flipEvents}/trigger`]);
  assert.equal(status, 0, stderr);
}

/** A client that flips. */
export class Running {
  #output = '';
  readonly #job: Job;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<unknown>;

  /** Resolves once it is warm; end it whatever happens. */
  static async start(lab: Lab, client: Client): Promise<Running> {
    const running = new Running(lab, client);
    await lab.run(['sleep', String(client.warmUpSeconds ?? usualWarmUpSeconds)]);
    return running;
  }

  private constructor(
    private readonly lab: Lab,
    private readonly client: Client,
  ) {
    const hear = (chunk: Buffer) => (this.#output += chunk.toString());
    this.#job = lab.start(['sh', '-c', 'echo "pid $$"; exec "$@"', 'sh', ...client.command], {
      onStdout: hear,
      onStderr: hear,
    });
    this.ended = this.#job.done.catch(() => undefined);
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Of a client that flips. */
  async sample(seconds: number): Promise<Sample> {
    return sampleOf(await this.use(seconds));
  }

  /** One shell for the whole window, which reads without another process, so that nothing else lies in between. */
  async use(seconds: number): Promise<Use> {
    const pid = /^pid (\d+)$/m.exec(this.#output)?.[1];
    assert.ok(pid !== undefined, `${this.client.name} did not start: ${this.#output}`);
    const script = `
      now() {
        read -r uptime _ < /proc/uptime && read -r stat < /proc/${pid}/stat || exit
        while read -r key flips; do [ "$key" != Hits: ] || break; done < ${flipEvents}/hist
        echo "$uptime $flips $stat"
      }
      now && sleep ${seconds} && now && grep VmRSS /proc/${pid}/status`;
    const { stdout, status } = await this.lab.run(['sh', '-c', script]);
    assert.equal(status, 0, `${this.client.name} ended too early: ${this.#output}`);
    return useOf(stdout.trim().split('\n') as [string, string, string]);
  }

  /** Tells the client to do otherwise. */
  signal(signal: NodeJS.Signals): void {
    this.#job.kill(signal);
  }

  /** All that it printed. */
  async end(): Promise<string> {
    this.#job.kill('SIGINT');
    await Promise.race([this.ended, sleep(endSeconds * 1000, undefined, { ref: false })]);
    this.#job.kill('SIGKILL');
    await this.ended;
    return this.#output;
  }
}

/** Of a client's whole run. */
export async function sampleOnce(lab: Lab, client: Client, seconds: number): Promise<Sample & { output: string }> {
  const running = await Running.start(lab, client);
  let output = '';
  try {
    const sample = await running.sample(seconds);
    output = await running.end();
    return { ...sample, output };
  } finally {
    if (output === '') await running.end();
  }
}

/** How things are at the beginning of the window and at its end, and the memory then. */
function useOf([first, last, rss]: readonly [string, string, string]): Use {
  const [begin, end] = [readingOf(first), readingOf(last)];
  return {
    flips: end.flips - begin.flips,
    seconds: end.uptime - begin.uptime,
    cpuMs: ((end.ticks - begin.ticks) / ticksPerSecond) * 1000,
    rssMiB: Number(/\d+/.exec(rss)?.[0]) / 1024,
  };
}

function sampleOf({ flips, seconds, cpuMs, rssMiB }: Use): Sample {
  assert.ok(flips > 0, 'nothing was flipped');
  return { flipsPerSecond: flips / seconds, cpuMsPerFlip: cpuMs / flips, rssMiB };
}

/** Ticks: utime and stime, fields 14 and 15 of /proc/PID/stat, whose second is a name that may hold spaces. */
function readingOf(line: string): { uptime: number; flips: number; ticks: number } {
  const [uptime, flips] = line.split(' ').map(Number) as [number, number];
  const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ');
  return { uptime, flips, ticks: Number(fields[11]) + Number(fields[12]) };
}
