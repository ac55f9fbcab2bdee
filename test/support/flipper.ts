/** The host's end of `test/lab/guest/flipper.ts`, or of what answers as that does: a head in the guest that flips while a test does something to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobResult, Lab } from '../../src/lab/index.js';
import type { OpenHeadOptions } from '../../src/head/index.js';
import type { Answer, Status } from '../lab/guest/flipper.js';
import type { Held } from '../lab/guest/held.js';
import { script } from './lab.js';

/** Against a hang only: generous, for a machine that has other things to do. */
const answerMs = 60_000;
const untilMs = 60_000;
const endMs = 20_000;
const lookMs = 100;

/** How it ended, and what it held before it opened the head and after it closed it. */
export interface Ended extends JobResult {
  readonly unopened: Held;
  readonly closed: Held;
}

export class Flipper {
  readonly #job: Job;
  /** Standard error, and what is no answer: its last lines. */
  #remarks: string[] = [];
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #last: Status | undefined;
  #over: Error | undefined;

  private constructor(lab: Lab, options: OpenHeadOptions, env: Record<string, string>, program: string) {
    this.#job = lab.start(script(`test/lab/guest/${program}.ts`, JSON.stringify(options)), {
      env,
      onStdout: byLine((line) => this.#onLine(line)),
      onStderr: byLine((line) => this.#remark(line)),
    });
    this.#job.done.then(
      ({ status, signal }) => this.#onOver(signal ?? `status ${status}`),
      (error: unknown) => this.#onOver(String(error)),
    );
  }

  /** Resolves once it flips. */
  static async start(
    lab: Lab,
    options: OpenHeadOptions,
    env: Record<string, string> = {},
    program = 'flipper',
  ): Promise<Flipper> {
    const flipper = new Flipper(lab, options, env, program);
    await flipper.flipsOn();
    return flipper;
  }

  /** What it said last of itself, in words. */
  get report(): string {
    return [JSON.stringify(this.#last ?? 'no answer yet'), ...this.#remarks].join('\n');
  }

  status(): Promise<Status> {
    return this.#ask('status');
  }

  async held(): Promise<Status & { held: Held }> {
    const answer = await this.#ask('held');
    if (answer.held === undefined) throw new Error(`it cannot count what it holds:\n${this.report}`);
    return { ...answer, held: answer.held };
  }

  /** How many objects it holds on to. */
  async objects(): Promise<number> {
    const { objects } = await this.#ask('objects');
    if (objects === undefined) throw new Error(`it cannot count its objects:\n${this.report}`);
    return objects;
  }

  /** What only its program knows. */
  async tell(word: string): Promise<void> {
    await this.#ask(word);
  }

  async upgrade(): Promise<void> {
    await this.#ask('upgrade');
  }

  /** Shows the hardware cursor. */
  async cursor(): Promise<void> {
    await this.#ask('cursor');
  }

  /** It shows dma-bufs of its own from now on, until the display is lost. */
  async import(): Promise<void> {
    await this.#ask('import');
  }

  /** A reader's fence is on the next buffer that it draws, for a moment. */
  async fence(): Promise<void> {
    await this.#ask('fence');
  }

  /** Waits for a state; fails with what was last reported where it does not come, or where the flips have ended. */
  async until(what: string, reached: (status: Status) => boolean, limitMs = untilMs): Promise<Status> {
    for (const limit = Date.now() + limitMs; Date.now() < limit;) {
      const status = await this.status();
      if (reached(status)) return status;
      if (status.ended !== null) break;
      await sleep(lookMs);
    }
    throw new Error(`never came: ${what}; last reported:\n${this.report}`);
  }

  /** Waits for so many flips more, at a size where it matters. */
  async flipsOn(size?: string, count = 3, limitMs = untilMs): Promise<Status> {
    let from: Status | undefined;
    const wanted = (status: Status) => {
      if (size !== undefined && status.size !== size) return false;
      from ??= status;
      return status.flips >= from.flips + count;
    };
    return this.until(`${count} more flips${size === undefined ? '' : ` at ${size}`}`, wanted, limitMs);
  }

  /** By SIGINT, as a person would; fails where the process does not end by itself. */
  async end(): Promise<Ended> {
    const line = this.#nextLine('the end', endMs);
    this.#job.kill('SIGINT');
    const { unopened, closed } = JSON.parse(await line) as Pick<Ended, 'unopened' | 'closed'>;
    const result = await within(endMs, 'the process to end', this.#job.done);
    return { ...result, unopened, closed };
  }

  /** Idempotent; for a test that failed. */
  kill(): void {
    if (this.#over === undefined) this.#job.kill('SIGKILL');
  }

  async #ask(word: string): Promise<Answer> {
    const line = this.#nextLine(word, answerMs);
    this.#job.input(Buffer.from(`${word}\n`));
    const answer = JSON.parse(await line) as Answer;
    this.#last = answer;
    return answer;
  }

  #nextLine(what: string, limitMs: number): Promise<string> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const line = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    return within(limitMs, what, line).catch((error: unknown) => {
      throw new Error(`${String(error)}; last reported:\n${this.report}`, { cause: error });
    });
  }

  #onLine(line: string): void {
    const waiting = line.startsWith('{') ? this.#waiting.shift() : undefined;
    if (waiting === undefined) this.#remark(line);
    else waiting.resolve(line);
  }

  #remark(line: string): void {
    this.#remarks = [...this.#remarks, line].slice(-20);
  }

  /** `how`: by its status, by a signal, or with the lab. */
  #onOver(how: string): void {
    this.#over = new Error(`the flipping process has ended (${how}); last reported:\n${this.report}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#over);
  }
}

function byLine(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`waited ${ms / 1000} s for ${what}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
