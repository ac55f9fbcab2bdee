/** Measures one head's flips until enough are counted, a signal comes, or the loop fails. */
import { lastValueFrom, merge, takeUntil, takeWhile, tap, timer, type Observable } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Flip, Head } from '../output/index.js';
import type { RunStatistics } from '../report/index.js';
import type { RunOptions } from './run-options.js';

export interface Measured {
  readonly head: Head;
  readonly flips$: Observable<Flip>;
  readonly statistics: RunStatistics;
}

/** Flips that stop coming must not keep a run of so many seconds from its end. */
const graceSeconds = 5;
const longestTimerMs = 2 ** 31 - 1;

/** Resolves with what ended the loop, if anything did. */
export async function measure(
  { head, flips$, statistics }: Measured,
  { frames = Infinity, seconds = Infinity }: RunOptions,
  signal$: Observable<unknown>,
): Promise<string[]> {
  const flush = head.flushFence$.subscribe((ms) => {
    statistics.recordFlushFence(ms);
  });
  const timeout$ = timer(Math.min(longestTimerMs, (seconds + graceSeconds) * 1000));
  const measured$ = flips$.pipe(
    tap((flip) => {
      statistics.record(flip);
    }),
    takeWhile(() => statistics.frames < frames && statistics.seconds < seconds),
    takeUntil(seconds === Infinity ? signal$ : merge(signal$, timeout$)),
  );
  try {
    await lastValueFrom(measured$, { defaultValue: undefined });
    return [];
  } catch (error) {
    if (!(error instanceof GuestheadError)) throw error;
    return [`${error.code}: ${error.message}`];
  } finally {
    statistics.stop();
    flush.unsubscribe();
  }
}
