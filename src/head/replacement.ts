/**
 * The session of a head, and its replacement by another without a black frame: the
 * one before stays open, and on the screen, until the next one's first frame is shown.
 *
 *     current ──replaced by next──► next is started ──shown──► the one before is closed
 *                                      └─────────failed──► the one before flips on
 */
import { refusalOf, rungsAbove, rungsBelow, rungsOf, type PathName, type Refusal } from '../buffer/index.js';
import { GuestheadError, messageOf } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import { closeQuietly } from '../owner.js';
import type { BufferSet } from './buffer-set.js';

export interface SessionsParts {
  /** Flips on the current session from now on; false where nothing flips. */
  readonly start: () => boolean;
  readonly open: (mode: Mode, paths: readonly PathName[], refused?: readonly Refusal[]) => Promise<BufferSet>;
  /** The path asked for. */
  readonly wanted: PathName | 'auto';
  readonly report: (fault: GuestheadError) => void;
}

export class Replacement {
  #previous: BufferSet | undefined;
  #copiedBefore = 0;
  /** Ends the wait for the first frame. */
  #settle: ((failure?: Error) => void) | undefined;

  constructor(
    private session: BufferSet,
    private readonly parts: SessionsParts,
  ) {}

  get current(): BufferSet {
    return this.session;
  }

  /** Since the head was opened. */
  get bytesCopied(): number {
    return this.#copiedBefore + copiedBy(this.session);
  }

  /** The same in another mode. */
  async resize(mode: Mode): Promise<void> {
    await this.#replaceOrStay(await this.parts.open(mode, rungsOf(this.parts.wanted)));
  }

  /** The best path that works, by now, of those above the current one. */
  async upgrade(): Promise<void> {
    const { mode, path } = this.session;
    const paths = rungsAbove(this.parts.wanted, path);
    if (paths.length === 0) return;
    const next = await this.parts.open(mode, paths).catch(onlyRefusals);
    if (next !== undefined) await this.#replaceOrStay(next);
  }

  canStepDown(): boolean {
    return rungsBelow(this.parts.wanted, this.session.path).length > 0;
  }

  /** The display refused in earnest what it had accepted in a test: a trial ends with the first real flip. */
  async stepDown(error: Error): Promise<void> {
    for (let failure: Error | undefined = error; failure !== undefined;) {
      const { mode, path, refused } = this.session;
      if (!this.canStepDown()) throw failure;
      const paths = rungsBelow(this.parts.wanted, path);
      const next = await this.parts.open(mode, paths, [...refused, refusalOf(path, failure)]);
      failure = await this.#replace(next);
    }
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
  adopt(session: BufferSet): void {
    this.#copiedBefore += copiedBy(this.session);
    this.session = session;
  }

  /** What closing refuses is refused by a lost device. */
  close(): void {
    this.settled();
    this.#closePrevious();
    closeQuietly(this.session.owner);
  }

  /** Resolves when the next session is on the screen, or with what kept it from there: then go back, or replace it in turn. */
  async #replace(next: BufferSet): Promise<Error | undefined> {
    this.#closePrevious();
    this.#previous = this.session;
    this.session = next;
    const failure = await new Promise<Error | undefined>((resolve) => {
      this.#settle = resolve;
      if (!this.parts.start()) resolve(undefined);
    });
    this.#settle = undefined;
    if (failure === undefined) this.#closePrevious();
    return failure;
  }

  /** Where the next session fails to be shown, that is reported, it is closed, and the one before flips on. */
  async #replaceOrStay(next: BufferSet): Promise<void> {
    const failure = await this.#replace(next);
    if (failure === undefined) return;
    if (failure instanceof GuestheadError) this.parts.report(failure);
    this.session = this.#previous ?? next;
    this.#previous = undefined;
    this.parts.start();
    if (this.session !== next) closeQuietly(next.owner);
  }

  #closePrevious(): void {
    const previous = this.#previous;
    this.#previous = undefined;
    if (previous === undefined) return;
    this.#copiedBefore += copiedBy(previous);
    closeQuietly(previous.owner);
  }
}

function copiedBy({ buffers }: BufferSet): number {
  return buffers.reduce((sum, { bytesCopied }) => sum + bytesCopied, 0);
}

/** Refused again: nothing changes. */
function onlyRefusals(error: unknown): undefined {
  if (!(error instanceof GuestheadError)) throw error;
}
