/** One run of `guesthead share`: four buffers, each drawn, exported and drawn again once the host has released it. */
import { readFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError } from '../errors.js';
import { Durations } from '../head/index.js';
import { loadNative } from '../native.js';
import { createPattern, type Pattern } from '../render/index.js';
import { CpuMeter, emulationOf } from '../report/index.js';
import { openProducer, type Ending, type Producer, type TransferBuffer } from '../transfer/index.js';
import type { Rate, ShareOptions } from './share-options.js';
import { judgeShare, type JudgedReceipt, type ShareFigures, type ShareResult } from './share-result.js';

const buffers = 4;
const standardSize = { width: 1920, height: 1080 };
const standardHz = 60;

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
  readonly #trips = new Durations();
  readonly #cpu = new CpuMeter();
  readonly #pattern: Pattern;
  readonly #rate: Rate;
  readonly #size: { readonly width: number; readonly height: number };
  #exports = 0;
  #releases = 0;
  #revoked = 0;
  #because: string | null = null;
  #missed = 0;
  #late = 0;
  #wake: (() => void) | undefined;

  constructor(
    private readonly producer: Producer,
    private readonly options: ShareOptions,
    private readonly signal: AbortSignal,
  ) {
    this.#pattern = createPattern(options.pattern ?? 'counter');
    this.#rate = options.rate ?? standardHz;
    this.#size = options.size ?? standardSize;
    producer.lateReleases$.subscribe(() => this.#late++);
    signal.addEventListener('abort', () => this.#wake?.());
  }

  async figures(): Promise<ShareFigures> {
    const allocateMs = this.#allocate();
    await this.#broker();
    const span = this.#cpu.start();
    const from = performance.now();
    await this.#loop(from);
    await this.#allReleased();
    const seconds = (performance.now() - from) / 1000;
    return {
      size: this.#size,
      rate: this.#rate,
      buffers,
      exports: this.#exports,
      releases: this.#releases,
      revoked: this.#revoked,
      revokedBecause: this.#because,
      missed: this.#missed,
      late: this.#late,
      allocateMs,
      roundTripMs: this.#trips.percentiles(),
      exportsPerSecond: rounded(this.#exports / seconds),
      bytesCopied: 0,
      cpuMsPerExport: rounded(span.msPerFlip()),
    };
  }

  /** Ms that the slowest took. */
  #allocate(): number {
    let slowest = 0;
    for (let made = 0; made < buffers; made++) {
      const before = performance.now();
      this.producer.allocate(this.#size);
      slowest = Math.max(slowest, performance.now() - before);
    }
    return rounded(slowest);
  }

  async #broker(): Promise<void> {
    if (this.producer.state.type === 'connected') return;
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
      await this.#broker();
      if (this.#rate === 'max') await this.#next();
      else await this.#tick(from, this.#rate);
    }
  }

  #isOver(from: number): boolean {
    const { frames = Infinity, seconds = Infinity } = this.options;
    return this.signal.aborted || this.#exports >= frames || performance.now() - from >= seconds * 1000;
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

  /** When the next picture is due. */
  async #tick(from: number, hz: number): Promise<void> {
    const due = from + ((this.#exports + this.#missed) * 1000) / hz;
    const left = due - performance.now();
    if (left > 0) await sleep(left, undefined, { signal: this.signal }).catch(() => undefined);
    if (this.signal.aborted) return;
    const buffer = this.producer.acquire();
    if (buffer === undefined) this.#missed++;
    else this.#share(buffer);
  }

  #share(buffer: TransferBuffer): void {
    const { frame, age } = buffer.drawing;
    buffer.draw((picture) => this.#pattern.draw(picture, frame, age));
    const at = performance.now();
    void buffer.export().released.then((ending) => this.#ended(ending, at));
    this.#exports++;
    this.#cpu.countFlip();
  }

  #ended(ending: Ending, exportedAt: number): void {
    if (ending.type === 'released') {
      this.#releases++;
      this.#trips.record(performance.now() - exportedAt);
    } else {
      this.#revoked++;
      this.#because ??= ending.reason;
    }
    this.#wake?.();
  }

  #aRelease(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Those under way, for as long as a release may take. */
  async #allReleased(): Promise<void> {
    const { releaseTimeoutMs = 2000 } = this.options;
    const until = performance.now() + releaseTimeoutMs;
    while (this.#releases + this.#revoked < this.#exports && performance.now() < until)
      await Promise.race([this.#aRelease(), sleep(until - performance.now())]);
  }
}

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
