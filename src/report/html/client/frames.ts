/** A head's frames as the charts ask for them. Times in µs from the report's origin. */
import { frameFlags, type HeadData } from '../report-data.js';

export const states = ['drawing', 'queued', 'current', 'draining'] as const;
export type State = (typeof states)[number];

export interface Mark {
  readonly kind: 'missed' | 'tear' | 'fault';
  readonly atUs: number;
  readonly text: string;
}

export class Frames {
  readonly count: number;
  /** Each state of frame `i` lasts from `bounds[state][i]` to that of the next state; the last entry is when the buffer was free. */
  readonly bounds: readonly Float64Array[];
  /** The frames that each buffer held, in order. */
  readonly bySlot: readonly (readonly number[])[];
  /** In the order of time. */
  readonly marks: readonly Mark[];
  readonly startUs: number;
  readonly endUs: number;

  constructor(readonly data: HeadData) {
    const { frame, flippedUs, slot } = data.frames;
    this.count = frame.length;
    this.bySlot = Array.from({ length: data.lanes }, () => []);
    const bySlot: number[][] = Array.from({ length: data.lanes }, () => []);
    for (let i = 0; i < this.count; i++) bySlot[slot[i] ?? 0]?.push(i);
    this.bySlot = bySlot;
    this.marks = marksOf(data);
    const first = at(flippedUs, 0) - at(data.frames.latencyUs, 0);
    this.startUs = Math.min(first, ...this.marks.slice(0, 1).map(({ atUs }) => atUs));
    this.endUs = Math.max(this.startUs + 1, ...lastTimes(data));
    this.bounds = this.#boundsOf();
  }

  get flippedUs(): readonly number[] {
    return this.data.frames.flippedUs;
  }

  /** Since the flip before; null for the first. */
  intervalUs(index: number): number | null {
    return index > 0 && index < this.count ? at(this.flippedUs, index) - at(this.flippedUs, index - 1) : null;
  }

  isMeasured(atUs: number): boolean {
    const span = this.data.measuredUs;
    return span !== null && atUs > span[0] && atUs <= span[1];
  }

  /** The first frame whose flip came after that time; `count` where none did. */
  firstAfter(atUs: number): number {
    return lastAtOrBefore(this.count, (i) => at(this.flippedUs, i), atUs) + 1;
  }

  /** The frame that a lane's buffer held at that time, or else the one on the screen. */
  find(atUs: number, lane?: number): number {
    const held = lane === undefined ? -1 : this.#heldBy(lane, atUs);
    return held >= 0 ? held : Math.max(0, this.firstAfter(atUs) - 1);
  }

  #heldBy(lane: number, atUs: number): number {
    const indices = this.bySlot[lane] ?? [];
    const [drawing, free] = [this.bounds[0], this.bounds[states.length]];
    if (drawing === undefined || free === undefined) return -1;
    const found = lastAtOrBefore(indices.length, (i) => at(drawing, indices[i] ?? 0), atUs);
    const index = indices[found] ?? -1;
    return index >= 0 && atUs <= at(free, index) ? index : -1;
  }

  #boundsOf(): Float64Array[] {
    const { drawUs, latencyUs, drainUs } = this.data.frames;
    const bounds = Array.from({ length: states.length + 1 }, () => new Float64Array(this.count));
    const nextStart = this.#nextStarts();
    for (let i = 0; i < this.count; i++) {
      const flipped = at(this.flippedUs, i);
      const start = flipped - at(latencyUs, i);
      const limit = nextStart[i] ?? Infinity; // one buffer alone is drawn into while it is shown
      const replaced = Math.min(limit, i + 1 < this.count ? at(this.flippedUs, i + 1) : this.endUs);
      const stillHeld = limit === Infinity ? this.endUs : replaced;
      const drain = drainUs[i] ?? null;
      const released = drain === null ? stillHeld : Math.min(limit, replaced + drain);
      for (const [state, time] of [start, start + at(drawUs, i), flipped, replaced, released].entries()) {
        const column = bounds[state];
        if (column !== undefined) column[i] = time;
      }
    }
    return bounds;
  }

  /** When the same buffer is drawn into again. */
  #nextStarts(): Float64Array {
    const starts = new Float64Array(this.count).fill(Infinity);
    for (const indices of this.bySlot)
      for (let i = 0; i + 1 < indices.length; i++) {
        const next = indices[i + 1] ?? 0;
        starts[indices[i] ?? 0] = at(this.flippedUs, next) - at(this.data.frames.latencyUs, next);
      }
    return starts;
  }
}

/** A column's entry, which the caller knows to be there. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? 0;
}

/** The last of `count` rising values that is not above `limit`, or -1. */
export function lastAtOrBefore(count: number, valueAt: (index: number) => number, limit: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function marksOf({ frames, faults }: HeadData): Mark[] {
  const marks: Mark[] = faults.map(({ atUs, code, message }) => ({ kind: 'fault', atUs, text: `${code}: ${message}` }));
  for (const [i, atUs] of frames.flippedUs.entries()) {
    const missed = at(frames.missed, i);
    const frame = at(frames.frame, i);
    if (missed > 0) marks.push({ kind: 'missed', atUs, text: `frame ${frame} missed ${missed} refresh cycles` });
    if ((at(frames.flags, i) & frameFlags.tearRisk) !== 0)
      marks.push({ kind: 'tear', atUs, text: `frame ${frame} was shown before the host was done with it` });
  }
  return marks.sort((a, b) => a.atUs - b.atUs);
}

function lastTimes({ frames: { flippedUs, drainUs }, faults, measuredUs }: HeadData): number[] {
  const last = flippedUs.length - 1;
  const released = Array.from({ length: Math.min(16, flippedUs.length) }, (_, back) => {
    const drain = drainUs[last - back] ?? null;
    return drain === null ? 0 : at(flippedUs, last - back + 1) + drain;
  });
  return [at(flippedUs, last), ...released, faults.at(-1)?.atUs ?? 0, measuredUs?.[1] ?? 0];
}
