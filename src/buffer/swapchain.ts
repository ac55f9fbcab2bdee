/**
 * The backbuffers' states, and the only moves between them:
 *
 *   free ──acquire──► drawing ──submit──► queued ──flipped──► current
 *    ▲                   │                                       │ its successor's
 *    ├──────cancel───────┘                                       ▼ flipped
 *    └─────────────────────released──────────────────────── draining
 *
 * Any state goes to `lost` with its device. Pure bookkeeping: no kernel here.
 */
import { GuestheadError } from '../errors.js';

export type SlotState = 'free' | 'drawing' | 'queued' | 'current' | 'draining' | 'lost';

/** One backbuffer's place in the chain. Read-only outside this file. */
export interface Slot<B> {
  readonly index: number;
  readonly buffer: B;
  readonly state: SlotState;
  /** While drawing: the number of the frame to be drawn. */
  readonly frame: number;
  /** While drawing: how many frames ago the buffer's contents were drawn; 0 = unknown contents. */
  readonly age: number;
}

interface MutableSlot<B> extends Slot<B> {
  state: SlotState;
  frame: number;
  age: number;
  /** The frame that the pixels hold, or -1. */
  contents: number;
}

export type StateCounts = Record<SlotState, number>;

export const minBuffers = 2;
export const maxBuffers = 16;

export class Swapchain<B> {
  readonly #slots: readonly MutableSlot<B>[];
  #nextFrame = 0;
  #current: MutableSlot<B> | undefined;

  constructor(buffers: readonly B[]) {
    if (buffers.length < minBuffers || buffers.length > maxBuffers)
      throw new GuestheadError('ERR_USAGE', `A swapchain has ${String(minBuffers)} to ${String(maxBuffers)} buffers`);
    this.#slots = buffers.map((buffer, index) => ({ index, buffer, state: 'free', frame: 0, age: 0, contents: -1 }));
  }

  get slots(): readonly Slot<B>[] {
    return this.#slots;
  }

  /** A free buffer to draw the next frame into, or undefined: `waiting()` then says why. Never blocks, never throws. */
  acquire(): Slot<B> | undefined {
    const slot = this.#oldestFree();
    if (slot === undefined) return undefined;
    slot.state = 'drawing';
    slot.frame = this.#nextFrame++;
    slot.age = slot.contents < 0 ? 0 : slot.frame - slot.contents;
    return slot;
  }

  /** The kernel accepted the commit that shows this buffer. */
  submit(index: number): void {
    const slot = this.#move(index, 'drawing', 'queued');
    slot.contents = slot.frame;
  }

  /** The drawing was given up, or its commit rejected: its pixels are of no frame any more. */
  cancel(index: number): void {
    this.#move(index, 'drawing', 'free').contents = -1;
  }

  /** The flip event of this buffer: it is on the screen, and the one before drains. */
  flipped(index: number): void {
    const slot = this.#move(index, 'queued', 'current');
    if (this.#current !== undefined) this.#current.state = 'draining';
    this.#current = slot;
  }

  /** Its successor is shown and its fences have signalled: the host reads it no more. */
  released(index: number): void {
    this.#move(index, 'draining', 'free');
  }

  /** The device is gone: nothing will be released any more. */
  lose(): void {
    for (const slot of this.#slots) slot.state = 'lost';
    this.#current = undefined;
  }

  counts(): StateCounts {
    const counts: StateCounts = { free: 0, drawing: 0, queued: 0, current: 0, draining: 0, lost: 0 };
    for (const { state } of this.#slots) counts[state]++;
    return counts;
  }

  /** For people: what each buffer that is not free waits for. */
  waiting(): string[] {
    return this.#slots
      .filter(({ state }) => state !== 'free')
      .map(({ index, state }) => `buffer ${String(index)} ${waitsFor[state]}`);
  }

  /** Of the free buffers the one drawn longest ago: it gives a host that reads late the most time. */
  #oldestFree(): MutableSlot<B> | undefined {
    let best: MutableSlot<B> | undefined;
    for (const slot of this.#slots)
      if (slot.state === 'free' && (best === undefined || slot.contents < best.contents)) best = slot;
    return best;
  }

  #move(index: number, from: SlotState, to: SlotState): MutableSlot<B> {
    const slot = this.#slots[index];
    if (slot?.state !== from)
      throw new GuestheadError('ERR_USAGE', `Buffer ${String(index)} is ${slot?.state ?? 'unknown'}, not ${from}`);
    slot.state = to;
    return slot;
  }
}

const waitsFor: Record<SlotState, string> = {
  free: 'waits for nothing',
  drawing: 'is being drawn or waits for its commit',
  queued: 'waits for its flip event',
  current: 'is on the screen',
  draining: 'waits for its flush fence',
  lost: 'is lost with its device',
};
