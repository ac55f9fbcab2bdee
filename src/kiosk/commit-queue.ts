/**
 * The commits of one surface that wait, in their order: for a time (wp_commit_timer_v1), for the picture before them to have been
 * taken to the screen (wp_fifo_v1), for what is still being drawn into their buffers, or for one of a parent's that applies what the
 * surface had committed before them. The screen goes on meanwhile. (The display would wait for a buffer's fence itself, with all that
 * it shows.)
 */
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';
import { dropped, merged, whenDrawn, type Commit } from './commit.js';
import type { StateChange } from './surface-state.js';

/** Those beyond add up to one: a client may say as many as it likes. */
const mostWaiting = 64;
/** Node's timers count no further: one that is to be longer looks again. */
const longestTimerMs = 2 ** 31 - 1;
const nothing: readonly StateChange[] = [];

/** In place of commits that a parent's have with them, which alone apply them: by the turns of the first and the last. */
interface Taken {
  readonly first: number;
  readonly last: number;
  readonly change: StateChange;
}

export class CommitQueue {
  readonly #alarm: Alarm;
  readonly #waiting: (Commit | Taken)[] = [];
  #turns = 0;
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
    return this.#waiting.length === 0 ? nothing : this.#waiting.map(({ change }) => change);
  }

  add(commit: Commit): void {
    const last = this.#waiting.length < mostWaiting ? undefined : this.#waiting.at(-1);
    if (last === undefined || isTaken(last)) this.#waiting.push(commit);
    else this.#waiting.splice(-1, 1, merged(last, commit));
    if (this.#waiting.length === 1) this.#advance(); // else the first one waits as before
  }

  /** A parent's commit has this one with it, and those that are added now wait for that: it comes back by `endTurn`. */
  take(commit: Commit): Commit {
    const before = this.#waiting.at(-1);
    if (this.#waiting.length >= mostWaiting && before !== undefined && !isTaken(before)) {
      this.#waiting.pop();
      return this.take(merged(before, commit));
    }
    const turn = ++this.#turns;
    const { first, change } = before !== undefined && isTaken(before) ? before : { first: turn, change: {} };
    if (first !== turn) this.#waiting.pop();
    this.#waiting.push({ first, last: turn, change: { ...change, ...commit.change } });
    return { ...commit, turn };
  }

  /** The parent's commit is applied: what came before its turn waits no more. Whoever says so applies the taken one after that. */
  reachTurn({ turn = 0 }: Pick<Commit, 'turn'>): void {
    this.#rest();
    const reached = this.#waiting.findLastIndex((each) => isTaken(each) && each.first <= turn);
    const earlier = reached < 0 ? [] : this.#waiting.splice(0, reached);
    for (const each of earlier) if (!isTaken(each)) this.apply(each);
  }

  /** The taken one has been applied, or never will be: what came after it waits for it no longer. */
  endTurn({ turn = 0 }: Pick<Commit, 'turn'>): void {
    const left = this.#waiting.filter((each) => !isTaken(each) || each.last > turn);
    this.#waiting.splice(0, this.#waiting.length, ...left);
    this.#advance();
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

  /** As `Content.whenDrawn`, for the first that is late of those that no parent's commit has with it. */
  whenDrawn(tell: () => void): (() => void) | undefined {
    for (const each of this.#waiting) {
      if (isTaken(each)) return undefined;
      const stop = whenDrawn(each, tell);
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  /** None is applied any more. */
  drop(): void {
    this.#rest();
    for (const each of this.#waiting.splice(0)) if (!isTaken(each)) dropped(each);
  }

  #rest(): void {
    this.#alarm.cancel();
    this.#stop?.();
    this.#stop = undefined;
  }

  #advance(): void {
    this.#rest();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (isTaken(first) || this.#holds(first)) return;
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

function isTaken(waiting: Commit | Taken): waiting is Taken {
  return 'first' in waiting;
}
