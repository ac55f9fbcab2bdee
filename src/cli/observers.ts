/** What goes along with a run beside its result: each is made for an option, and told of the run's beginning and end. */
import type { Observable } from 'rxjs';
import type { Drawn, Gl } from '../gl/index.js';
import type { Head } from '../head/index.js';
import type { RunResult } from '../report/index.js';
import type { Measurement } from './measure.js';
import type { RunOptions } from './run-options.js';

/** One head's part of a run that has ended; the head is still open. */
export interface FinishedRun extends Pick<Measurement, 'fromMs' | 'toMs' | 'error'> {
  readonly head: Head;
  readonly result: RunResult;
}

export interface RunObserver {
  /** The heads are open; nothing flips yet. `gl$` where the GPU draws: the GL that does, and each after a loss of the GPU. */
  begin?(heads: readonly Head[], gl$?: Observable<Gl>): void | Promise<void>;
  /** A frame's `compose`, called at `calledAt` of `performance.now()`, has come back; its fence is borrowed for the call. */
  drawn?(drawing: Drawn, calledAt: number): void;
  /** All heads have been measured and judged; what this throws takes nothing from the result. Not called where the run failed. */
  end?(runs: readonly FinishedRun[]): void | Promise<void>;
  /** The run could not begin, or broke off without a result. */
  fail?(error: unknown): void | Promise<void>;
  /** Called in any case, after all else; also where the display could not be opened. */
  close?(): void | Promise<void>;
}

/** Each is loaded only where it was asked for. */
export async function observersOf({ trace, report, metrics, flipTimeoutMs }: RunOptions): Promise<RunObserver[]> {
  const observers: RunObserver[] = [];
  if (trace !== undefined) observers.push(new (await import('./trace.js')).TraceObserver(trace));
  if (metrics !== undefined)
    observers.push(await (await import('./metrics-observer.js')).metricsObserver(metrics, flipTimeoutMs));
  const { NOTIFY_SOCKET: notify = '' } = process.env;
  if (notify !== '') observers.push((await import('./service-observer.js')).serviceObserver(notify, process.env));
  if (report !== undefined) observers.push(await (await import('./report-observer.js')).observeForReport(report));
  return observers;
}
