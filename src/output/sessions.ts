/**
 * The session of a head, and its replacement by another without a black frame: the
 * one before stays open, and on the screen, until the next one's first frame is shown.
 *
 *     current ──replace(next)──► next is started ──shown──► the one before is closed
 *                                      └─────────failed──► the one before can be gone back to
 */
import { messageOf } from '../errors.js';
import { closeQuietly } from '../owner.js';
import type { Session } from './session.js';

export class Sessions {
  #previous: Session | undefined;
  #copiedBefore = 0;
  /** Ends the wait for the first frame. */
  #settle: ((failure?: Error) => void) | undefined;

  constructor(
    private session: Session,
    /** Flips on the current session from now on; false where nothing flips. */
    private readonly start: () => boolean,
  ) {}

  get current(): Session {
    return this.session;
  }

  /** Since the head was opened. */
  get bytesCopied(): number {
    return this.#copiedBefore + copiedBy(this.session);
  }

  /** Resolves when the next session is on the screen, or with what kept it from there: then `goBack` or replace it in turn. */
  async replace(next: Session): Promise<Error | undefined> {
    this.#closePrevious();
    this.#previous = this.session;
    this.session = next;
    const failure = await new Promise<Error | undefined>((resolve) => {
      this.#settle = resolve;
      if (!this.start()) resolve(undefined);
    });
    this.#settle = undefined;
    if (failure === undefined) this.#closePrevious();
    return failure;
  }

  /** The session before is flipped on again, and the one that failed closed. */
  goBack(): void {
    const failed = this.session;
    this.session = this.#previous ?? failed;
    this.#previous = undefined;
    this.start();
    if (this.session !== failed) closeQuietly(failed.owner);
  }

  /** The first frame is on the screen, or nothing will come there any more. */
  settled(): void {
    this.#settle?.();
  }

  /** Whether the failure is that of a session that was to be shown. */
  failed(failure: unknown): boolean {
    this.#settle?.(failure instanceof Error ? failure : new Error(messageOf(failure)));
    return this.#settle !== undefined;
  }

  /** In place of one that was lost. */
  adopt(session: Session): void {
    this.#copiedBefore += copiedBy(this.session);
    this.session = session;
  }

  /** What closing refuses is refused by a lost device. */
  close(): void {
    this.settled();
    this.#closePrevious();
    closeQuietly(this.session.owner);
  }

  #closePrevious(): void {
    const previous = this.#previous;
    this.#previous = undefined;
    if (previous === undefined) return;
    this.#copiedBefore += copiedBy(previous);
    closeQuietly(previous.owner);
  }
}

function copiedBy({ buffers }: Session): number {
  return buffers.reduce((sum, { bytesCopied }) => sum + bytesCopied, 0);
}
