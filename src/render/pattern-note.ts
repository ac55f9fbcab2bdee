/** What is said of a picture beside it: which pattern it shows, so that who judges it need not guess, and how urgent it was. */
import { patternNames, type PatternName } from './pattern.js';

/** Milliseconds, by the clock of who drew it. */
export interface Handover {
  readonly at: number;
  /** Within which it has to arrive. */
  readonly periodMs: number;
}

export interface PatternNote {
  readonly pattern: PatternName;
  /** Undefined where its time is not judged. */
  readonly handover: Handover | undefined;
}

const handoverBytes = 16;

/** One note for all pictures of a pattern: writing one makes no object. */
export class NoteWriter {
  readonly #withoutHandover: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #handover: DataView;

  constructor(pattern: PatternName) {
    const name = Buffer.from(pattern);
    this.#bytes = new Uint8Array(handoverBytes + name.length);
    this.#bytes.set(name, handoverBytes);
    this.#handover = new DataView(this.#bytes.buffer, 0, handoverBytes);
    this.#handover.setFloat64(0, NaN, true);
    this.#withoutHandover = this.#bytes.slice();
  }

  /** Until the next is asked for. */
  note(handover?: Handover): Uint8Array {
    if (handover === undefined) return this.#withoutHandover;
    this.#handover.setFloat64(0, handover.at, true);
    this.#handover.setFloat64(8, handover.periodMs, true);
    return this.#bytes;
  }
}

/** Undefined for bytes that are no such note. */
export function readNote(note: Uint8Array): PatternNote | undefined {
  const name = Buffer.from(note.subarray(handoverBytes)).toString('latin1');
  const pattern = patternNames.find((one) => one === name);
  if (pattern === undefined) return undefined;
  const view = new DataView(note.buffer, note.byteOffset, handoverBytes);
  const [at, periodMs] = [view.getFloat64(0, true), view.getFloat64(8, true)];
  return { pattern, handover: at >= 0 && periodMs > 0 ? { at, periodMs } : undefined };
}
