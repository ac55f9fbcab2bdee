/** Measures one head's flips until enough are counted, a signal comes, or the loop fails. */
import { merge, Subscription, timer, type Observable } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Head } from '../head/index.js';
import type { Flip, HostPace } from '../loop/index.js';
import { PaceLog, processStartMs, SampleLog, type CpuMeter, type Figures, type Samples } from '../report/index.js';
import type { Ending, FlipFeed } from './flip-feed.js';
import type { HeadPainter } from './head-painter.js';
import type { HeadRunOptions } from './run-options.js';
import type { StartTimes } from './start-times.js';

export interface Measurement {
  readonly figures: Figures;
  /** The measured flips' time: the first of them came after `fromMs`; CLOCK_MONOTONIC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What ended the loop, if anything did. */
  readonly error: GuestheadError | undefined;
  /** Of the measured flips, where the host's screen sets the pace. */
  readonly hostPace: HostPace | undefined;
  /** Of the measured flips, where asked for. */
  readonly samples: Samples | undefined;
}

interface Measured {
  readonly head: Head;
  readonly feed: FlipFeed;
  readonly painter: Pick<HeadPainter, 'reset'>;
}

/** Flips that stop coming must not keep a run of so many seconds from its end. */
const graceSeconds = 5;
const longestTimerMs = 2 ** 31 - 1;

/**
 * The first flips are not measured: each buffer's first drawing paints the whole picture
 * into memory never touched before.
 */
export async function measure(
  { head, feed, painter }: Measured,
  cpu: CpuMeter,
  { frames = Infinity, seconds = Infinity, samples = false }: HeadRunOptions,
  signal$: Observable<unknown>,
  start: Pick<StartTimes, 'firstFlip'>,
): Promise<Measurement> {
  let [warmUp, measured, firstNs, lastNs, span] = [2 * head.info.buffers, 0, Infinity, 0, cpu.start()];
  let first: Flip | undefined;
  const paces = new PaceLog();
  const log = samples ? new SampleLog() : undefined;
  const flush = head.flushFence$.subscribe((ms) => log?.recordFlushFence(ms)); // has them sampled
  const begin = (flip: Flip) => {
    head.resetStats();
    painter.reset();
    firstNs = flip.timestampNs;
    log?.begin(flip);
    paces.begin(flip);
    span = cpu.start();
  };
  const record = (flip: Flip): boolean => {
    cpu.countFlip();
    lastNs = flip.timestampNs;
    first ??= flip;
    if (warmUp-- > 0) begin(flip);
    else {
      measured++;
      paces.record(flip);
      log?.record(flip);
    }
    return measured < frames && (lastNs - firstNs) / 1e9 < seconds;
  };
  const over$ = seconds === Infinity ? signal$ : merge(signal$, timer(timeoutMs(seconds)));
  const error = await untilOver(feed, record, over$);
  flush.unsubscribe();
  const firstFlipMs = first === undefined ? null : Math.round(first.timestampNs / 1e6 - processStartMs());
  const firstFlip = first === undefined ? null : start.firstFlip(first);
  const figures = { ...head.stats(), cpuMsPerFlip: span.msPerFlip(), firstFlipMs, firstFlip };
  const hostPace = paces.hostPace(head.info.mode.refreshHz);
  return { figures, fromMs: firstNs / 1e6, toMs: lastNs / 1e6, error, hostPace, samples: log?.samples() };
}

function timeoutMs(seconds: number): number {
  return Math.min(longestTimerMs, (seconds + graceSeconds) * 1000);
}

/** Until `record` says that it is enough, `over$` emits, or the flips end: with what error, if any. */
async function untilOver(
  feed: FlipFeed,
  record: (flip: Flip) => boolean,
  over$: Observable<unknown>,
): Promise<GuestheadError | undefined> {
  const watch = new Subscription();
  try {
    const { error } = await new Promise<Ending>((resolve) => {
      const enough = () => {
        feed.ignore();
        resolve({ error: undefined });
      };
      watch.add(over$.subscribe(enough));
      feed.listen((flip) => {
        if (!record(flip)) enough();
      }, resolve);
    });
    if (error === undefined || error instanceof GuestheadError) return error;
    throw error;
  } finally {
    feed.ignore();
    watch.unsubscribe();
  }
}
