/** The presenter of a program that has frames of its own time: it acquires and presents when it likes. */
import type { ClientBuffer, ScanoutBuffer, Slot } from '../buffer/index.js';
import { Presenter, type PresenterHooks, type PresenterParts, type PresentOptions } from '../loop/index.js';

export class DirectPresenter {
  readonly #presenter: Presenter<ScanoutBuffer>;

  constructor(
    private readonly parts: PresenterParts<ScanoutBuffer>,
    private readonly hooks: PresenterHooks,
  ) {
    this.#presenter = new Presenter(parts, { ...hooks, turn: this.#turn });
  }

  /** Who waits for a turn hears of the first. */
  start(): void {
    this.#presenter.start();
    this.parts.defer(this.#turn);
  }

  stop(): void {
    this.#presenter.stop();
  }

  /** The next present would be committed at once. */
  get idle(): boolean {
    return !this.#presenter.stopped && !this.#presenter.queued && !this.#presenter.ready;
  }

  acquire(): Slot<ScanoutBuffer> | undefined {
    return this.#presenter.acquire();
  }

  waiting(): string[] {
    return this.#presenter.waiting();
  }

  /** Throws where its pixels cannot be brought to the display; it is not presented then. */
  presentFrame(slot: Slot<ScanoutBuffer>, options: PresentOptions): void {
    slot.buffer.endDraw();
    this.#presenter.presentFrame(slot, options);
    this.#presenter.commitNext();
  }

  /** Throws where it cannot be shown; it is not presented then. */
  presentClient(buffer: ClientBuffer, options: PresentOptions): void {
    this.#presenter.presentClient(buffer, options);
    this.#presenter.commitNext();
  }

  readonly #turn = (): void => {
    this.#presenter.commitNext();
    if (this.idle) this.hooks.turn();
  };
}
