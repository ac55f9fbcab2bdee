/** Judges what a producer in the guest exports, picture by picture, and lets go of each at once. */
import { Durations, type Percentiles } from '../durations.js';
import { messageOf } from '../errors.js';
import { readNote } from '../render/index.js';
import { judgeSink } from '../sinks/index.js';
import type { ReceivedBuffer } from '../transfer/index.js';
import { Arrivals, type ArrivalReport } from './arrivals.js';

/** Of the pictures since the last report. */
export interface TransferReport {
  readonly received: number;
  /** Each of their pixels is as the counter pattern has it, and no picture came after a later one. */
  readonly exact: number;
  readonly torn: number;
  /** Released without a look: of a pattern that has no number to judge by, as their private data say. */
  readonly unjudged: number;
  /** How long the consumer had each, the look at all of its pixels; a part of the producer's round trip. */
  readonly judgeMs: Percentiles | null;
  /** Of those whose handover is noted; null where none's is. */
  readonly arrival: ArrivalReport | null;
  /** A line each: the first picture that is wrong, and what ended the consumer. */
  readonly faults: readonly string[];
}

/** What it needs of an export. */
export type Judgeable = Pick<
  ReceivedBuffer,
  'width' | 'height' | 'format' | 'strideBytes' | 'sequence' | 'privateData' | 'read' | 'release'
>;

export class PictureJudge {
  #sink = judgeSink();
  /** Exact ones that came after a later one. */
  #late = 0;
  #unjudged = 0;
  readonly #held = new Durations();
  readonly #arrivals = new Arrivals();
  #faults: string[] = [];

  take(buffer: Judgeable): void {
    const from = performance.now();
    const note = readNote(buffer.privateData);
    try {
      if (note === undefined || note.pattern === 'counter') this.#judge(buffer);
      else this.#unjudged++;
    } catch (error) {
      this.fault(error);
    }
    const heldMs = performance.now() - from;
    buffer.release();
    this.#held.record(heldMs); // after the release, which the producer waits for
    if (note?.handover !== undefined) this.#arrivals.record(note.handover, from);
  }

  /** Of the consumer itself. */
  fault(error: unknown): void {
    this.#faults.push(messageOf(error));
  }

  /** Begins the count anew. */
  report(): TransferReport {
    const { received, exact, torn, wrong } = this.#sink.judgement;
    const unjudged = this.#unjudged;
    const faults = [...(wrong === null ? [] : [wrong]), ...this.#faults.splice(0)];
    const counts = { received: received + unjudged, exact: exact - this.#late, torn, unjudged };
    const report = { ...counts, judgeMs: this.#held.percentiles(), arrival: this.#arrivals.report(), faults };
    this.#sink = judgeSink();
    this.#late = this.#unjudged = 0;
    this.#held.reset();
    return report;
  }

  #judge(buffer: Judgeable): void {
    const { width, height, format, strideBytes, sequence } = buffer;
    const before = this.#sink.judgement;
    buffer.read((pixels) => void this.#sink.write({ width, height, format, strideBytes, sequence, pixels }));
    const after = this.#sink.judgement;
    if (after.exact > before.exact && after.late > before.late) this.#late++;
  }
}
