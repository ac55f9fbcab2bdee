/** acquire → draw → present, as a program does it: what can be shown goes to the presenter, what cannot is discarded. */
import { ClientBuffer, type Swapchain, type ScanoutBuffer } from '../buffer/index.js';
import { coded, GuestheadError } from '../errors.js';
import { checkPresent, type DiscardReason, type Frame, type Outbox, type PresentOptions } from '../loop/index.js';
import { AcquiredFrames } from './acquired-frames.js';
import type { DirectPresenter } from './direct-presenter.js';

export class ProgramFrames {
  readonly #acquired = new AcquiredFrames();
  #to: { readonly presenter: DirectPresenter; readonly chain: Swapchain<ScanoutBuffer> } | undefined;
  #reason: DiscardReason = 'closed';

  constructor(private readonly outbox: Pick<Outbox, 'post'>) {}

  /** Presents by this one from now on. */
  use(presenter: DirectPresenter, chain: Swapchain<ScanoutBuffer>): void {
    this.#to = { presenter, chain };
  }

  /** What is acquired, and what is presented from now on, is discarded for this reason. */
  stop(reason: DiscardReason): void {
    this.#to = undefined;
    this.#reason = reason;
    this.#acquired.giveUp();
  }

  acquire(): Frame | undefined {
    const slot = this.#to?.presenter.acquire();
    return slot === undefined || this.#to === undefined ? undefined : this.#acquired.add(slot, this.#to.chain);
  }

  waiting(): string[] {
    return this.#to?.presenter.waiting() ?? [`nothing can be shown: ${this.#reason}`];
  }

  get idle(): boolean {
    return this.#to?.presenter.idle ?? false;
  }

  cancel(frame: Frame): void {
    this.#acquired.cancel(frame);
  }

  /** Throws ERR_USAGE, or why a client's buffer cannot be shown: the fence stays the caller's then. */
  present(target: Frame | ClientBuffer, options: PresentOptions): void {
    try {
      if (target instanceof ClientBuffer) this.#presentClient(target, options);
      else this.#presentFrame(target, options);
    } catch (error) {
      throw coded(error);
    }
  }

  #presentClient(buffer: ClientBuffer, options: PresentOptions): void {
    if (buffer.closed) throw new GuestheadError('ERR_CLOSED', 'The imported buffer is closed');
    checkPresent(options);
    if (this.#to === undefined) this.#discard(0, options);
    else this.#to.presenter.presentClient(buffer, options);
  }

  #presentFrame(frame: Frame, options: PresentOptions): void {
    const slot = this.#acquired.take(frame);
    try {
      checkPresent(options);
      if (slot === undefined || this.#to === undefined) this.#discard(frame.number, options);
      else this.#to.presenter.presentFrame(slot, options);
    } catch (error) {
      if (slot?.state === 'drawing') this.#to?.chain.cancel(slot.index);
      throw error;
    }
  }

  #discard(frame: number, { fence, onOutcome, onReleased }: PresentOptions): void {
    fence?.close();
    const reason = this.#reason;
    if (onOutcome !== undefined) this.outbox.post(() => onOutcome({ kind: 'discarded', frame, reason }));
    if (onReleased !== undefined) this.outbox.post(onReleased);
  }
}
