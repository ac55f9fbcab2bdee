/**
 * The commits of one surface that wait, in their order: for a time (wp_commit_timer_v1), for the picture before them to have been
 * taken to the screen (wp_fifo_v1), or for what is still being drawn into their buffers. The screen goes on meanwhile. (The display
 * would wait for a buffer's fence itself, with all that it shows.)
 */
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';
import { dropped, merged, whenDrawn, type Commit } from './commit.js';
import type { StateChange } from './surface-state.js';

/** Those beyond add up to one: a client may say as many as it likes. */
const mostWaiting = 64;
/** Node's timers count no further: one that is to be longer looks again. */
const longestTimerMs = 2 ** 31 - 1;

export class CommitQueue {
  readonly #alarm: Alarm;
  #waiting: Commit[] = [];
  #barrier = false;
  /** Ends the wait for the first one's buffers. */
  #stop: (() => void) | undefined;

  constructor(
    private readonly apply: (commit: Commit) => void,
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#alarm = new Alarm(this.clock);
  }

  /** What those that wait will change. */
  get changes(): readonly StateChange[] {
    return this.#waiting.map(({ change }) => change);
  }

  add(commit: Commit): void {
    const last = this.#waiting.length < mostWaiting ? undefined : this.#waiting.pop();
    this.#waiting.push(merged(last, commit));
    if (this.#waiting.length === 1) this.#advance(); // else the first one waits as before
  }

  /** Commits that wait for it wait until the picture that was committed with it is taken to the screen. */
  setBarrier(): void {
    this.#barrier = true;
  }

  /** It has been, or nobody sees it. Whoever says so is not to be disturbed by the next. */
  clearBarrier(): void {
    if (!this.#barrier) return;
    this.#barrier = false;
    queueMicrotask(() => {
      this.#advance();
    });
  }

  /** As `Content.whenDrawn`, for the first of them that is late. */
  whenDrawn(tell: () => void): (() => void) | undefined {
    for (const commit of this.#waiting) {
      const stop = whenDrawn(commit, tell);
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  /** None waits any more. */
  flush(): void {
    this.#rest();
    for (const commit of this.#waiting.splice(0)) this.apply(commit);
  }

  drop(): void {
    this.#rest();
    for (const commit of this.#waiting.splice(0)) dropped(commit);
  }

  #rest(): void {
    this.#alarm.cancel();
    this.#stop?.();
    this.#stop = undefined;
  }

  #advance(): void {
    this.#rest();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#holds(first)) return;
      this.#waiting.shift();
      this.apply(first);
    }
  }

  /** Whether it has to wait; what ends that looks again. */
  #holds(commit: Commit): boolean {
    const { waitsForBarrier, notBeforeMs } = commit;
    if (waitsForBarrier && this.#barrier) return true;
    const leftMs = notBeforeMs === undefined ? 0 : notBeforeMs - this.clock.now();
    if (leftMs > 0) this.#alarm.start(Math.min(leftMs, longestTimerMs), () => this.#advance());
    else this.#stop = whenDrawn(commit, () => this.#advance());
    return leftMs > 0 || this.#stop !== undefined;
  }
}
