/** One run of `guesthead share`: four buffers, each drawn, exported and drawn again once the host has released it. */
import { readFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError } from '../errors.js';
import { loadNative } from '../native/index.js';
import { createPattern, NoteWriter, type Pattern } from '../render/index.js';
import { CpuMeter, emulationOf } from '../report/index.js';
import { openProducer, type Producer, type TransferBuffer } from '../transfer/index.js';
import type { Rate, ShareOptions } from './share-options.js';
import {
  judgeShare,
  type FirstExport,
  type JudgedReceipt,
  type ShareFigures,
  type ShareResult,
} from './share-result.js';
import { ShareTally, type Exported } from './share-tally.js';

const buffers = 4;
/** Pictures; the same as of `run`. */
const warmUp = 2 * buffers;
const standardSize = { width: 1920, height: 1080 };
const standardHz = 60;
const longestRegistrationMs = 1000;

export interface ShareSeams {
  readonly open: (options: ShareOptions) => Promise<Producer>;
  /** Why the pace says nothing here. */
  readonly emulation: () => string | undefined;
  /** What a consumer on the host saw that judges; null where there is none. */
  readonly judged: () => Promise<JudgedReceipt | null>;
}

const system: ShareSeams = { open: (options) => openProducer(options), emulation: emulationHere, judged: judgedByLab };

/** Ends early, and well, with `signal`. Rejects as `openProducer` and `Producer.allocate` do, with ERR_NO_DEVICE where no broker comes. */
export async function share(
  options: ShareOptions,
  signal: AbortSignal,
  { open, emulation, judged }: ShareSeams = system,
): Promise<ShareResult> {
  const producer = await open(options);
  try {
    const figures = await new ShareRun(producer, options, signal).figures();
    return judgeShare(figures, { emulation: emulation(), host: await judged() });
  } finally {
    await producer.close();
  }
}

class ShareRun {
  readonly #tally: ShareTally;
  readonly #cpu = new CpuMeter();
  readonly #pattern: Pattern;
  readonly #notes: NoteWriter;
  readonly #rate: Rate;
  readonly #size: { readonly width: number; readonly height: number };
  #wake: (() => void) | undefined;
  #endPause: (() => void) | undefined;

  constructor(
    private readonly producer: Producer,
    private readonly options: ShareOptions,
    private readonly signal: AbortSignal,
  ) {
    const { pattern = 'counter', rate = standardHz } = options;
    this.#pattern = createPattern(pattern);
    this.#notes = new NoteWriter(pattern);
    this.#rate = rate;
    this.#tally = new ShareTally(rate === 'max' ? undefined : 1000 / rate);
    this.#size = options.size ?? standardSize;
    producer.lateReleases$.subscribe(() => this.#tally.overdue++);
    signal.addEventListener('abort', () => {
      this.#wake?.();
      this.#endPause?.();
    });
  }

  async figures(): Promise<ShareFigures> {
    await this.#broker();
    await this.#allocate();
    const span = this.#cpu.start();
    const from = performance.now();
    await this.#loop(from);
    await this.#allReleased();
    const seconds = (performance.now() - from) / 1000;
    return {
      size: this.#size,
      rate: this.#rate,
      buffers,
      ...this.#tally.figures(),
      firstExportMs: this.#slowestPreparation(),
      exportsPerSecond: rounded(this.#tally.exports / seconds),
      bytesCopied: 0,
      cpuMsPerExport: rounded(span.msPerFlip()),
    };
  }

  /** What the host says of one is heard before the next is made: each is timed alone. */
  async #allocate(): Promise<void> {
    for (let made = 0; made < buffers; made++) {
      this.producer.allocate(this.#size);
      await this.#registered();
    }
  }

  #slowestPreparation(): FirstExport {
    const all = this.producer.buffers.map(({ preparation }) => {
      const { allocateMs: allocate, pinMs: pin, nameMs: name, registerMs: register = 0 } = preparation;
      return { allocate, pin, name, register, total: allocate + pin + name + register };
    });
    const [slowest = nothingPrepared] = all.sort((one, other) => other.total - one.total);
    const { allocate, pin, name, register, total } = slowest;
    return {
      ...{ allocate: rounded(allocate), pin: rounded(pin), name: rounded(name) },
      ...{ register: rounded(register), total: rounded(total) },
    };
  }

  /** What making them known takes is over, or the host refuses them: that is no part of what an export takes. */
  async #registered(): Promise<void> {
    const until = performance.now() + longestRegistrationMs;
    const isKnown = ({ preparation }: TransferBuffer) => preparation.registerMs !== undefined;
    while (!this.producer.buffers.every(isKnown) && performance.now() < until && !this.signal.aborted) await sleep(1);
  }

  async #broker(): Promise<void> {
    const { wait = 10_000 } = this.options;
    const tooLong = new AbortController();
    const timeout = sleep(wait, undefined, { signal: AbortSignal.any([this.signal, tooLong.signal]) });
    const waited = timeout.then(
      () => Promise.reject(noBroker(wait)),
      () => undefined, // a signal, or the broker is there
    );
    await Promise.race([this.producer.connected(), waited]).finally(() => tooLong.abort());
  }

  async #loop(from: number): Promise<void> {
    while (!this.#isOver(from)) {
      if (this.producer.state.type !== 'connected') await this.#broker();
      if (this.#rate === 'max') await this.#next();
      else {
        const dueAt = this.#dueAt(from, this.#rate);
        const left = dueAt - performance.now();
        if (left > 0) await this.#pause(left);
        if (!this.signal.aborted) this.#shareDue(dueAt, 1000 / this.#rate);
      }
    }
  }

  #isOver(from: number): boolean {
    const { frames = Infinity, seconds = Infinity } = this.options;
    return this.signal.aborted || this.#tally.exports >= frames || performance.now() - from >= seconds * 1000;
  }

  /** As soon as a buffer is free. */
  async #next(): Promise<void> {
    const buffer = this.producer.acquire();
    if (buffer === undefined) await this.#aRelease();
    else {
      this.#share(buffer);
      await turn(); // a release that has come meanwhile is heard before the next drawing
    }
  }

  /** When the next picture is. */
  #dueAt(from: number, hz: number): number {
    return from + ((this.#tally.exports + this.#tally.missed) * 1000) / hz;
  }

  #shareDue(dueAt: number, periodMs: number): void {
    const buffer = this.producer.acquire();
    if (buffer === undefined) this.#tally.missed++;
    else this.#share(buffer, this.#tally.exports < warmUp ? undefined : { dueAt, periodMs });
  }

  /** So many ms, or until somebody ends the run. The signal has one listener, and not one more for each picture. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** `pace`: undefined where no picture is ever due, and in the warm-up. */
  #share(buffer: TransferBuffer, pace?: { readonly dueAt: number; readonly periodMs: number }): void {
    const { frame, age } = buffer.drawing;
    buffer.draw((picture) => this.#pattern.draw(picture, frame, age));
    const at = performance.now();
    const exported: Exported = { at, nextDueAt: pace && pace.dueAt + pace.periodMs };
    const privateData = this.#notes.note(pace && { at, periodMs: pace.periodMs });
    void buffer.export({ privateData }).released.then((ending) => {
      this.#tally.ended(ending, exported, performance.now());
      this.#wake?.();
    });
    this.#tally.exported();
    this.#cpu.countFlip();
  }

  #aRelease(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Those under way, for as long as a release may take. */
  async #allReleased(): Promise<void> {
    const { releaseTimeoutMs = 2000 } = this.options;
    const until = performance.now() + releaseTimeoutMs;
    while (this.#tally.underWay > 0 && performance.now() < until)
      await Promise.race([this.#aRelease(), sleep(until - performance.now())]);
  }
}

const nothingPrepared: FirstExport = { allocate: 0, pin: 0, name: 0, register: 0, total: 0 };

function noBroker(ms: number): GuestheadError {
  return new GuestheadError('ERR_NO_DEVICE', `No broker came to the host’s side of the port within ${ms / 1000} s`, {
    advice: 'start `guesthead host broker` on the host, with the socket of this port',
  });
}

function emulationHere(): string | undefined {
  const lab = process.env['GUESTHEAD_LAB'];
  return emulationOf({ lab, hypervisor: loadNative().hypervisor(), cpuinfo: readFileSync('/proc/cpuinfo', 'utf8') });
}

/** `guesthead lab run --transfer` has a consumer that judges, and sets this. */
const transferVariable = 'GUESTHEAD_TRANSFER';

async function judgedByLab(): Promise<JudgedReceipt | null> {
  if (process.env[transferVariable] === undefined) return null;
  const { askTransferJudge } = await import('../lab/index.js');
  const { faults, ...counts } = await askTransferJudge();
  for (const fault of faults) process.stderr.write(`host: ${fault}\n`);
  return counts;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
