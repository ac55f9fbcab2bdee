/**
 * The buffer set of a head, and its replacement by another without a black frame: the
 * one before stays open, and on the screen, until the next one's first frame is shown.
 *
 *     current ──replaced by next──► next is started ──shown──► the one before is retired
 *                                      └─────────failed──────► the one before goes on
 */
import { refusalOf, rungsAbove, rungsBelow, rungsOf, type PathName, type Refusal } from '../buffer/index.js';
import { coded, GuestheadError, messageOf } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import { closeQuietly } from '../owner.js';
import type { BufferSet } from './buffer-set.js';

export interface ReplacementParts {
  /**
   * Shows frames on the current set from now on. Whether the first is drawn by itself, comes when the
   * program likes, or nothing is shown at all.
   */
  readonly start: () => 'drawn' | 'presented' | 'nothing';
  readonly open: (mode: Mode, paths: readonly PathName[], refused?: readonly Refusal[]) => Promise<BufferSet>;
  /** Closes a set as soon as nothing of it is shown or read. */
  readonly retire: (set: BufferSet) => void;
  /** The path asked for. */
  readonly wanted: PathName | 'auto';
  readonly report: (fault: GuestheadError) => void;
}

export class Replacement {
  /** On the screen, until a frame of the current one is. */
  #previous: BufferSet | undefined;
  #copiedBefore = 0;
  /** Ends the wait for the first frame. */
  #settle: ((failure?: Error) => void) | undefined;

  constructor(
    private set: BufferSet,
    private readonly parts: ReplacementParts,
  ) {}

  get current(): BufferSet {
    return this.set;
  }

  /** Since the head was opened. */
  get bytesCopied(): number {
    return this.#copiedBefore + copiedBy(this.set);
  }

  /** The same in another mode. */
  async resize(mode: Mode): Promise<void> {
    await this.#replaceOrStay(await this.parts.open(mode, rungsOf(this.parts.wanted)));
  }

  /** The best path that works, by now, of those above the current one. */
  async upgrade(): Promise<void> {
    const { mode, path } = this.set;
    const paths = rungsAbove(this.parts.wanted, path);
    if (paths.length === 0) return;
    const next = await this.parts.open(mode, paths).catch(onlyRefusals);
    if (next !== undefined) await this.#replaceOrStay(next);
  }

  canStepDown(): boolean {
    return rungsBelow(this.parts.wanted, this.set.path).length > 0;
  }

  /** The display really refused what it had accepted in a test: a trial ends with the first real flip. */
  async stepDown(error: Error): Promise<void> {
    for (let failure: Error | undefined = error; failure !== undefined;) {
      const { mode, path, refused } = this.set;
      if (!this.canStepDown()) throw failure;
      const paths = rungsBelow(this.parts.wanted, path);
      const next = await this.parts.open(mode, paths, [...refused, refusalOf(path, failure)]);
      failure = await this.#replace(next);
    }
  }

  /** The first frame is on the screen, or nothing will come there any more. */
  settled(): void {
    if (this.#settle === undefined) this.#retirePrevious();
    else this.#settle();
  }

  /** Whether the failure is that of a set that was to be shown, which is dealt with then. */
  failed(failure: unknown): boolean {
    const error = failure instanceof Error ? failure : new Error(messageOf(failure));
    if (this.#settle !== undefined) {
      this.#settle(error);
      return true;
    }
    if (this.#previous === undefined) return false;
    this.#goBack(error);
    return true;
  }

  /** In place of one that was lost; closed already, unless it was opened while that happened. */
  adopt(set: BufferSet): void {
    this.close();
    this.#copiedBefore += copiedBy(this.set);
    this.set = set;
  }

  /** What closing refuses is refused by a lost device. */
  close(): void {
    this.#settle?.();
    this.#retirePrevious();
    closeQuietly(this.set.owner);
  }

  /** Resolves when the next set is on the screen, or with what kept it from there: then go back, or replace it in turn. */
  async #replace(next: BufferSet): Promise<Error | undefined> {
    this.#retirePrevious();
    this.#previous = this.set;
    this.set = next;
    const shown = new Promise<Error | undefined>((resolve) => (this.#settle = resolve));
    const started = this.#start();
    if (started !== 'drawn') this.settled();
    const failure = await shown;
    this.#settle = undefined;
    const isShown = started !== 'presented'; // a program presents when it likes: until then the one before stays
    if (failure === undefined && isShown) this.#retirePrevious();
    return failure;
  }

  /** What keeps it from starting keeps the next set from the screen. */
  #start(): ReturnType<ReplacementParts['start']> {
    try {
      return this.parts.start();
    } catch (error) {
      this.failed(coded(error));
      return 'drawn';
    }
  }

  /** Where the next set fails to be shown, that is reported, it is closed, and the one before goes on. */
  async #replaceOrStay(next: BufferSet): Promise<void> {
    const failure = await this.#replace(next);
    if (failure !== undefined) this.#goBack(failure);
  }

  #goBack(failure: Error): void {
    const failed = this.set;
    if (failure instanceof GuestheadError) this.parts.report(failure);
    this.set = this.#previous ?? failed;
    this.#previous = undefined;
    this.parts.start();
    if (this.set !== failed) this.parts.retire(failed);
  }

  #retirePrevious(): void {
    const previous = this.#previous;
    this.#previous = undefined;
    if (previous === undefined) return;
    this.#copiedBefore += copiedBy(previous);
    this.parts.retire(previous);
  }
}

function copiedBy({ buffers }: BufferSet): number {
  return buffers.reduce((sum, { bytesCopied }) => sum + bytesCopied, 0);
}

/** Refused again: nothing changes. */
function onlyRefusals(error: unknown): undefined {
  if (!(error instanceof GuestheadError)) throw error;
}
