/** One run on one head: from open to close, with its figures. */
import { fromEvent, lastValueFrom, merge, share, takeUntil, takeWhile, tap, type Observable } from 'rxjs';
import { GuestheadError } from '../errors.js';
import { askWitness } from '../lab/index.js';
import { openHead, type Draw, type Flip, type Head } from '../output/index.js';
import { createPattern, type Pattern } from '../render/index.js';
import { judgeRun, RunStatistics, type Figures, type HostCaptures, type RunResult } from '../report/index.js';
import type { RunOptions } from './run-options.js';
import { showStatus } from './status-line.js';

/** Set by `guesthead lab run --capture N`: how many captures the host is ready to take. */
const capturesVariable = 'GUESTHEAD_CAPTURES';

export async function runHead(options: RunOptions): Promise<RunResult> {
  const captures = Number(process.env[capturesVariable] ?? 0);
  const pattern = createPattern(options.pattern ?? (captures > 0 ? 'counter' : 'bars'));
  const head = await openHead(options);
  try {
    const flips$ = head.flips(patternDraw(pattern)).pipe(share()); // one loop, measured first, then captured
    const keepFlipping = flips$.subscribe({ error: () => undefined });
    try {
      const { figures, failures } = await measure(head, flips$, options);
      const host = pattern.name === 'counter' && captures > 0 && failures.length === 0 ? await ask(captures) : null;
      return judgeRun(head.info, figures, host, failures);
    } finally {
      keepFlipping.unsubscribe();
    }
  } finally {
    await head.close();
  }
}

function patternDraw(pattern: Pattern): Draw {
  if (pattern.name === 'none') return () => undefined;
  return (frame) => {
    pattern.draw(frame, frame.number, frame.age);
  };
}

/** Until as many frames or seconds as asked for, a signal, or a failure of the loop. */
async function measure(
  head: Head,
  flips$: Observable<Flip>,
  { frames = Infinity, seconds = Infinity }: RunOptions,
): Promise<{ figures: Figures; failures: string[] }> {
  const statistics = new RunStatistics(2 * head.info.buffers, () => head.bytesCopied());
  const signal$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'));
  const flush = head.flushFence$.subscribe((ms) => {
    statistics.recordFlushFence(ms);
  });
  const hideStatus = showStatus(head, statistics);
  const measured$ = flips$.pipe(
    tap((flip) => {
      statistics.record(flip);
    }),
    takeWhile(() => statistics.frames < frames && statistics.seconds < seconds),
    takeUntil(signal$),
  );
  try {
    await lastValueFrom(measured$, { defaultValue: undefined });
    return { figures: statistics.figures(), failures: [] };
  } catch (error) {
    if (!(error instanceof GuestheadError)) throw error;
    return { figures: statistics.figures(), failures: [`${error.code}: ${error.message}`] };
  } finally {
    hideStatus();
    flush.unsubscribe();
  }
}

async function ask(captures: number): Promise<HostCaptures> {
  const { faults, ...counts } = await askWitness({ captures });
  for (const fault of faults) process.stderr.write(`host capture: ${fault}\n`);
  return counts;
}
