/** How soon a client of the kiosk hears of the host's pointer, and what a mouse of 1,000 Hz makes of that. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Lab } from '../../src/lab/index.js';
import type { Say } from './sections.js';

export interface InputTimes {
  /** From the command to QEMU to the client's motion, ms; each is right to within `clockMs`. */
  readonly motionMs: readonly number[];
  /** Half of the shortest way to the guest's clock and back. */
  readonly clockMs: number;
  readonly flood: Flood;
}

/** A pointer that moves as often as a mouse of 1,000 Hz. */
interface Flood {
  /** Events that QEMU was given in a second, and motions that the client was told in that time. */
  readonly sentPerSecond: number;
  readonly toldPerSecond: number;
  /** Of the kiosk: before it, after it, and after one during which the client was stopped for ten seconds. */
  readonly rssMiB: readonly [before: number, after: number, stopped: number];
  /** The client heard motions again after that. */
  readonly survived: boolean;
}

const motions = 150;
const warmUpMs = 20_000;
const floodMs = 5000;
const stoppedMs = 10_000;
/** Commands that QEMU has not answered yet. */
const mostUnderWay = 64;
/** One that was not told so soon was not told. */
const mostMs = 2000;

export async function measureInput(lab: Lab, program: string, say: Say): Promise<InputTimes> {
  const clock = await guestClock(lab, program);
  const client = new MovedClient(lab, program, clock.offsetMs);
  try {
    await client.moveFor(warmUpMs);
    const motionMs: number[] = [];
    for (let count = 0; count < motions; count++) motionMs.push(await client.move());
    const flood = await flooded(lab, client);
    say(`input: ${JSON.stringify({ ...flood, clockMs: clock.errorMs })}`);
    return { motionMs, clockMs: clock.errorMs, flood };
  } finally {
    await client.end();
  }
}

export function inputRows({ motionMs, clockMs, flood }: InputTimes): string[][] {
  const sorted = [...motionMs].sort((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1);
  const { sentPerSecond, toldPerSecond, rssMiB, survived } = flood;
  const [before, after, stopped] = rssMiB.map((mib) => mib.toFixed(1));
  return [
    [`QMP event → motion, p50 and p95, ms (± ${clockMs.toFixed(1)})`, `${at(0.5)}, ${at(0.95)}`],
    ['events and motions a second, 1,000 Hz wanted', `${sentPerSecond.toFixed(0)}, ${toldPerSecond.toFixed(1)}`],
    ['RSS MiB before, after, and with a client stopped for 10 s', `${before}, ${after}, ${stopped}`],
    ['which was there afterwards', survived ? 'yes' : 'no'],
  ];
}

async function flooded(lab: Lab, client: MovedClient): Promise<Flood> {
  const before = await client.rssMiB();
  const [sent, told, tookMs] = await client.moveFor(floodMs, 1);
  const after = await client.rssMiB();
  await lab.run(['pkill', '-STOP', '-x', 'frames']);
  await client.moveFor(stoppedMs, 1);
  const stopped = await client.rssMiB();
  await lab.run(['pkill', '-CONT', '-x', 'frames']);
  await sleep(mostMs);
  const survived = await client.move().then(
    () => true,
    () => false,
  );
  const [sentPerSecond, toldPerSecond] = [sent / (tookMs / 1000), told / (tookMs / 1000)];
  return { sentPerSecond, toldPerSecond, rssMiB: [before, after, stopped], survived };
}

/** `frames --motions` on the kiosk, and the pointer above it. */
class MovedClient {
  #told: number[] = [];
  #onTold: (guestMs: number) => void = () => undefined;
  #moves = 0;
  readonly #job: Job;
  readonly #lines: Lines;

  constructor(
    private readonly lab: Lab,
    program: string,
    private readonly offsetMs: number,
  ) {
    this.#lines = new Lines((line) => {
      const told = Number(/^motion ([\d.]+)$/.exec(line)?.[1]);
      if (Number.isNaN(told)) return;
      this.#told.push(told);
      this.#onTold(told);
    });
    this.#job = lab.start(['guesthead', 'kiosk', '--', program, '3600', '--motions'], this.#lines.options);
  }

  /** To another place; resolves with how long it took to come to the client, ms. Rejects where it did not. */
  async move(): Promise<number> {
    // Not in step with the refresh.
    await sleep(40 + Math.random() * 40);
    const told = new Promise<number>((resolve) => (this.#onTold = resolve));
    const from = performance.now();
    await this.#next();
    const late = sleep(mostMs, undefined, { ref: false }).then(() => Promise.reject(new Error('no motion was told')));
    return (await Promise.race([told, late])) - this.offsetMs - from;
  }

  /** For so long, one each `everyMs`: how many were sent, how many of them were told, and how long that took. */
  async moveFor(ms: number, everyMs = 50): Promise<readonly [sent: number, told: number, tookMs: number]> {
    const [from, told] = [performance.now(), this.#told.length];
    let [sent, underWay] = [0, 0];
    const send = () => {
      sent++;
      underWay++;
      void this.#next().finally(() => underWay--);
    };
    for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - from) {
      // A timer is late: what is due by now is sent, as far as QEMU keeps up.
      while (sent * everyMs <= elapsed && underWay < mostUnderWay) send();
      await sleep(Math.max(everyMs, 5));
    }
    const tookMs = performance.now() - from;
    while (underWay > 0) await sleep(5);
    return [sent, this.#told.length - told, tookMs];
  }

  async rssMiB(): Promise<number> {
    const script = 'grep VmRSS /proc/$(pgrep -o -f "guesthead kiosk|main.cjs kiosk")/status';
    const { stdout } = await this.lab.run(['sh', '-c', script]);
    return Number(/\d+/.exec(stdout)?.[0]) / 1024;
  }

  async end(): Promise<void> {
    this.#job.kill('SIGINT');
    await this.#job.done;
  }

  #next(): Promise<void> {
    const place = 0.2 + 0.6 * ((this.#moves++ % 97) / 97);
    return this.lab.input.moveTo(place, 1 - place);
  }
}

/** The guest's CLOCK_MONOTONIC less `performance.now()` of this process, ms. */
async function guestClock(lab: Lab, program: string): Promise<{ offsetMs: number; errorMs: number }> {
  let heard: (guestMs: number) => void = () => undefined;
  const lines = new Lines((line) => heard(Number(/^clock ([\d.]+)$/.exec(line)?.[1])));
  const job = lab.start([program, '--clock'], lines.options);
  let best = { offsetMs: NaN, errorMs: Infinity };
  for (let count = 0; count < 64; count++) {
    const answer = new Promise<number>((resolve) => (heard = resolve));
    const from = performance.now();
    job.input(Buffer.from('\n'));
    const guestMs = await answer;
    const errorMs = (performance.now() - from) / 2;
    if (errorMs < best.errorMs) best = { offsetMs: guestMs - from - errorMs, errorMs };
  }
  job.input(Buffer.alloc(0));
  await job.done;
  return best;
}

/** What a command in the guest prints, line by line. */
class Lines {
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  get options() {
    const hear = (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString()).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.onLine(line);
    };
    return { onStdout: hear, onStderr: hear };
  }
}
