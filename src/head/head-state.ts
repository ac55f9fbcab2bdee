/** Whether a head can show something, and if not, why. */
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Mode } from '../ffi/index.js';

export type HeadState =
  /** What is presented is shown, in this mode. Pixels and Hz. */
  | {
      readonly kind: 'on';
      readonly mode: { readonly width: number; readonly height: number; readonly refreshHz: number };
    }
  /** The host has closed the head. */
  | { readonly kind: 'unplugged' }
  /** The program has turned the head off. */
  | { readonly kind: 'off' }
  /** Another process is DRM master. */
  | { readonly kind: 'waiting for master' }
  /** A device is gone; with `reopen` the head comes back with it. */
  | { readonly kind: 'lost' };

/** Why nothing can be shown, the first that holds first. */
const reasons = ['lost', 'off', 'unplugged', 'waiting for master'] as const;
export type Reason = (typeof reasons)[number];

export class StateTracker {
  readonly #reasons = new Set<Reason>();
  /** Changes under way: what they come to is told at their end. */
  #changes = 0;
  readonly #state$: BehaviorSubject<HeadState>;

  constructor(private mode: Mode) {
    this.#state$ = new BehaviorSubject<HeadState>(on(mode));
  }

  /** The state now and each one after it; completes with the head. */
  get state$(): Observable<HeadState> {
    return this.#state$.asObservable();
  }

  has(reason: Reason): boolean {
    return this.#reasons.has(reason);
  }

  set(reason: Reason, holds: boolean): void {
    if (holds) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    this.#tell();
  }

  /** Tells the state after a change that takes several steps, and none of those in between. */
  async during(change: () => Promise<void>): Promise<void> {
    this.#changes++;
    try {
      await change();
    } finally {
      this.#changes--;
      this.#tell();
    }
  }

  changeMode(mode: Mode): void {
    this.mode = mode;
    this.#tell();
  }

  close(): void {
    this.#state$.complete();
  }

  #tell(): void {
    if (this.#changes > 0 || this.#state$.closed) return;
    const reason = reasons.find((one) => this.#reasons.has(one));
    const next: HeadState = reason === undefined ? on(this.mode) : { kind: reason };
    if (!isSame(next, this.#state$.value)) this.#state$.next(next);
  }
}

function on({ width, height, refreshHz }: Mode): HeadState {
  return { kind: 'on', mode: { width, height, refreshHz } };
}

function isSame(one: HeadState, other: HeadState): boolean {
  if (one.kind !== 'on' || other.kind !== 'on') return one.kind === other.kind;
  const [a, b] = [one.mode, other.mode];
  return a.width === b.width && a.height === b.height && a.refreshHz === b.refreshHz;
}
