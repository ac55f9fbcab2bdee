/**
 * The presents on their way to the screen: one that waits for its commit, and one that
 * waits for its flip event. Owns their fences, moves their buffers in the swapchain, and
 * settles each of them once.
 *
 *   present ──add──► ready ──accepted──► queued ──flipped──► on the screen
 *                      └─ dropped for a newer one
 *
 * It outlives a change of buffers: what is queued then is still shown.
 */
import type { Fence, Swapchain } from '../buffer/index.js';
import type { Outbox } from './outbox.js';
import type { DiscardReason, Outcome, Presented } from './present.js';

type Chain = Pick<Swapchain<never>, 'submit' | 'flipped' | 'drop' | 'cancel' | 'lose'>;

/** What the flip event tells. */
type Shown = Pick<Outcome & { kind: 'shown' }, 'sequence' | 'timestampNs' | 'refreshNs'>;

export class FramesAhead {
  #ready: Presented | undefined;
  #queued: Presented | undefined;

  constructor(
    private readonly chain: Chain,
    private readonly outbox: Pick<Outbox, 'post'>,
  ) {}

  /** Waits for its commit. */
  get ready(): Presented | undefined {
    return this.#ready;
  }

  /** Committed, waits for its flip event. */
  get queued(): Presented | undefined {
    return this.#queued;
  }

  /** A newer present takes the place of one that still waits: whether one did. */
  add(presented: Presented): boolean {
    const replaced = this.#ready;
    this.#ready = presented;
    if (replaced === undefined) return false;
    this.#discard(replaced, 'replaced');
    if (replaced.unfinished) this.chain.cancel(replaced.slot);
    else this.chain.drop(replaced.slot);
    return true;
  }

  /** The kernel has accepted the commit of this one, which was ready, and made this out-fence. */
  accepted(ready: Presented, outFence?: Fence): void {
    this.chain.submit(ready.slot);
    if (outFence !== undefined) this.outbox.post(() => ready.onOutFence?.(outFence));
    this.#ready = undefined;
    this.#queued = ready;
  }

  /** This one, which was queued, is on the screen. */
  flipped(queued: Presented, shown: Shown): void {
    this.#queued = undefined;
    queued.fence?.close();
    this.chain.flipped(queued.slot);
    if (queued.onOutcome === undefined) return;
    const { frame, zeroCopy } = queued;
    const { sequence, timestampNs, refreshNs } = shown;
    this.#settle(queued, { kind: 'shown', frame, sequence, timestampNs, refreshNs, zeroCopy });
  }

  /** What waits for its commit is not shown. What is queued still comes to the screen. */
  cancel(reason: DiscardReason): void {
    const ready = this.#ready;
    if (ready === undefined) return;
    this.#ready = undefined;
    this.#discard(ready, reason); // its outcome is told before its release
    this.chain.cancel(ready.slot);
  }

  /** Nobody hears of a flip event any more. */
  end(reason: DiscardReason): void {
    this.cancel(reason);
    const queued = this.#queued;
    this.#queued = undefined;
    if (queued !== undefined) this.#discard(queued, reason);
  }

  /** The display is gone, and every buffer with it. */
  lose(): void {
    const [queued, ready] = [this.#queued, this.#ready];
    this.#queued = this.#ready = undefined;
    if (queued !== undefined) this.#discard(queued, 'lost');
    if (ready !== undefined) this.#discard(ready, 'lost');
    this.chain.lose();
  }

  #discard(presented: Presented, reason: DiscardReason): void {
    presented.fence?.close();
    this.#settle(presented, { kind: 'discarded', frame: presented.frame, reason });
  }

  #settle({ onOutcome }: Presented, outcome: Outcome): void {
    if (onOutcome !== undefined) this.outbox.post(() => onOutcome(outcome));
  }
}
