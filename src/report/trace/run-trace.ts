/** A run's trace, or a kiosk's: the heads' recordings and the kernel's events, written to one file when the run ends. */
import { messageAndAdvice, messageOf } from '../../errors.js';
import { guardExit, type Head, type HeadInfo } from '../../head/index.js';
import { monotonicClock } from '../../loop/index.js';
import type { RecordedGpu } from '../gl-recording.js';
import type { RecordedKiosk } from '../kiosk/recording.js';
import { Recording } from '../recording.js';
import type { TraceEvent } from './events.js';
import { glEvents } from './gl-events.js';
import { headEvents } from './head-events.js';
import { kioskEvents } from './kiosk-events.js';
import { KernelEvents } from './kernel-events.js';
import { KernelTracing, type KernelTraceFacts } from './kernel-tracing.js';
import { assertWritable, writeTrace } from './trace-file.js';
import { systemTracefs } from './tracefs.js';

/** What can be said of a head besides its events. */
export interface TraceVerdict {
  readonly verdict: string;
  readonly reasons: readonly string[];
}

export interface TraceOptions {
  /** Where tracefs may be mounted. */
  readonly tracefs?: readonly string[];
  /** Gets what people shall know, without a newline. */
  readonly say: (line: string) => void;
  /** The GPU's part, where it has drawn, asked for as the trace is written; the recording stays the caller's. */
  readonly gpu?: () => RecordedGpu | undefined;
  /** A kiosk's part; likewise. */
  readonly kiosk?: RecordedKiosk | undefined;
}

type Heads = readonly Pick<Head, 'id' | 'info'>[];

/** What the trace says of the kernel's part. */
type KernelPart = { readonly absent: string } | (KernelTraceFacts & { readonly events: number });

/** Written once: by `finish`, or when the process ends before. Synchronous, so that it can be. */
export class RunTrace {
  readonly #heads: Heads;
  readonly #recordings: readonly Recording[];
  readonly #kernel: KernelTracing | undefined;
  #kernelPart: KernelPart = { absent: '' };
  #removeGuard: () => void;
  #finished = false;

  /** Throws ERR_USAGE where a trace could not be written to this file. */
  static check(file: string): void {
    assertWritable(file);
  }

  /** Records from now on. Without the kernel's events where they are not to be had, which is said. */
  constructor(
    private readonly file: string,
    heads: Heads,
    private readonly options: TraceOptions,
  ) {
    this.#heads = heads;
    this.#recordings = heads.map((head) => new Recording(head));
    this.#removeGuard = guardExit(this.#atExit);
    this.#kernel = this.#startKernel(options.tracefs ?? systemTracefs);
    setImmediate(() => {
      this.#standBehind();
    });
  }

  /** Stops recording, writes the file and says where it is; idempotent. Throws ERR_SYSTEM. */
  finish(verdicts: readonly TraceVerdict[] = []): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#removeGuard();
    const untilMs = monotonicClock.now();
    for (const recording of this.#recordings) recording.stop();
    try {
      writeTrace(this.file, this.#events(untilMs), () => this.#otherData(verdicts));
      this.options.say(`trace: ${this.file}`);
    } finally {
      this.#kernel?.close();
    }
  }

  readonly #atExit = (): void => {
    try {
      this.finish();
    } catch (error) {
      this.options.say(messageAndAdvice(error));
    }
  };

  /** The screens, whose guards come in the same turn as the flips, are given back first. */
  #standBehind(): void {
    if (this.#finished) return;
    this.#removeGuard();
    this.#removeGuard = guardExit(this.#atExit);
  }

  #startKernel(places: readonly string[]): KernelTracing | undefined {
    try {
      return KernelTracing.start(places);
    } catch (error) {
      this.#without(error);
      return undefined;
    }
  }

  #without(error: unknown): void {
    this.#kernelPart = { absent: messageOf(error) };
    this.options.say(`trace: without the kernel’s events: ${messageAndAdvice(error)}`);
  }

  *#events(untilMs: number): Generator<TraceEvent> {
    for (const [index, recording] of this.#recordings.entries()) {
      const info = this.#heads[index]?.info;
      if (info === undefined) continue;
      const { buffers, display } = info;
      yield* headEvents({ ...display, buffers, recording }, index + 1, untilMs);
    }
    if (this.options.kiosk !== undefined) yield* kioskEvents(this.options.kiosk, untilMs);
    const gpu = this.options.gpu?.();
    if (gpu !== undefined) yield* glEvents(gpu);
    if (this.#kernel !== undefined) yield* this.#kernelEvents(this.#kernel);
  }

  *#kernelEvents(kernel: KernelTracing): Generator<TraceEvent> {
    const events = new KernelEvents();
    try {
      const facts = kernel.stop();
      for (const line of kernel.lines()) yield* events.take(line);
      this.#kernelPart = { ...facts, events: events.count };
      if (facts.lost > 0) this.options.say(`trace: ${facts.lost} of the kernel’s events were lost`);
    } catch (error) {
      this.#without(error);
    }
    yield* events.rest();
  }

  #otherData(verdicts: readonly TraceVerdict[]): object {
    const gpu = this.options.gpu?.();
    return {
      source: 'guesthead',
      clock: 'CLOCK_MONOTONIC',
      heads: this.#heads.map(({ info }, index) => ({
        ...factsOf(info),
        verdict: verdicts[index]?.verdict ?? null,
        reasons: verdicts[index]?.reasons ?? [],
        forgottenFrames: this.#recordings[index]?.forgotten ?? 0,
      })),
      gpu: gpu === undefined ? null : gpuFacts(gpu),
      kiosk: this.options.kiosk === undefined ? null : kioskFacts(this.options.kiosk),
      kernel: this.#kernelPart,
    };
  }
}

function factsOf({ path, render, display, mode, buffers, update, presentMode, deadline }: HeadInfo): object {
  return { path, render, display, mode, buffers, update, presentMode, deadline };
}

function kioskFacts({ counts: { now, total, ended }, figures, forgotten }: RecordedKiosk): object {
  return { clients: { now, total, ended }, ...figures, forgottenPictures: forgotten };
}

function gpuFacts({ info, fenceKind, renewals, forgotten }: RecordedGpu): object {
  const { renderer, vendor, glVersion, eglVersion, platform } = info;
  return { renderer, vendor, glVersion, eglVersion, platform, fence: fenceKind, renewals, forgottenJobs: forgotten };
}
