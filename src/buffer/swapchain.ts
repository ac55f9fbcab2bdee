/**
 * The backbuffers' states, and the only moves between them:
 *
 *   free ──acquire──► drawing ──submit──► queued ──flipped──► current
 *    ▲                   │                                       │ its successor's
 *    ├───cancel, drop────┘                                       ▼ flipped
 *    └─────────────────────released──────────────────────── draining
 *
 * Any state goes to `lost` with its device. Buffers brought by the caller are
 * shown in the same chain but never drawn into: they are counted instead, since
 * one may be queued while it is on the screen. Pure bookkeeping: no kernel here.
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

/** A caller's buffer: held by each commit that shows it and by each reader that has not let go. */
interface Guest {
  uses: number;
  readonly onIdle: () => void;
}

export type StateCounts = Record<SlotState, number>;

export function allFree(free: number): StateCounts {
  return { free, drawing: 0, queued: 0, current: 0, draining: 0, lost: 0 };
}

export const minBuffers = 2;
export const maxBuffers = 16;
/** As many as the addon's frame path tells apart. */
const maxSlots = 64;

export class Swapchain<B> {
  readonly #slots: readonly MutableSlot<B>[];
  /** By index, after the backbuffers'; a place given up is taken again. */
  readonly #guests = new Map<number, Guest>();
  #nextFrame: number;
  /** The index of what is on the screen. */
  #current: number | undefined;

  /** `firstFrame`: where the numbers of an earlier chain go on. */
  constructor(buffers: readonly B[], firstFrame = 0) {
    if (buffers.length < minBuffers || buffers.length > maxBuffers)
      throw new GuestheadError('ERR_USAGE', `A swapchain has ${minBuffers} to ${maxBuffers} buffers`);
    this.#nextFrame = firstFrame;
    this.#slots = buffers.map((buffer, index) => ({ index, buffer, state: 'free', frame: 0, age: 0, contents: -1 }));
  }

  get slots(): readonly Slot<B>[] {
    return this.#slots;
  }

  get nextFrame(): number {
    return this.#nextFrame;
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
    if (this.#isGuest(index)) return; // held since `take`
    const slot = this.#move(index, 'drawing', 'queued');
    slot.contents = slot.frame;
  }

  /** The drawing was given up, or its commit rejected: its pixels are of no frame any more. */
  cancel(index: number): void {
    if (this.#isGuest(index)) this.#letGo(index);
    else this.#move(index, 'drawing', 'free').contents = -1;
  }

  /** Drawn, but a newer frame is shown in its stead; what it holds stays known. */
  drop(index: number): void {
    if (this.#isGuest(index)) this.#letGo(index);
    else {
      const slot = this.#move(index, 'drawing', 'free');
      slot.contents = slot.frame;
    }
  }

  /** The flip event of this buffer: it is on the screen, and the one before drains. */
  flipped(index: number): void {
    if (!this.#isGuest(index)) this.#move(index, 'queued', 'current');
    const replaced = this.#current;
    this.#current = index;
    if (replaced === undefined) return;
    if (replaced !== index) {
      const slot = this.#slots[replaced];
      if (slot !== undefined) slot.state = 'draining';
    } else if (this.#isGuest(index)) this.#letGo(index); // shown again: held once
  }

  /** Its successor is shown and its fences have signalled: the host reads it no more. */
  released(index: number): void {
    if (this.#isGuest(index)) this.#letGo(index);
    else this.#move(index, 'draining', 'free');
  }

  /** A place for a buffer of the caller's, whose `onIdle` is called when nothing holds it any more; throws ERR_USAGE where all are taken. */
  admit(onIdle: () => void): number {
    let index = this.#slots.length;
    while (this.#guests.has(index)) index++;
    if (index >= maxSlots)
      throw new GuestheadError('ERR_USAGE', `More than ${maxSlots} buffers on one head`, {
        advice: 'close imported buffers that are no longer shown',
      });
    this.#guests.set(index, { uses: 0, onIdle });
    return index;
  }

  /** Gives a place up, whatever still holds it. */
  dismiss(index: number): void {
    this.#guests.delete(index);
    if (this.#current === index) this.#current = undefined;
  }

  /** The caller's buffer is to be shown; ends with `released`, or `cancel`. */
  take(index: number): void {
    this.#guest(index).uses++;
  }

  /** The device is gone: nothing will be released any more. */
  lose(): void {
    for (const slot of this.#slots) slot.state = 'lost';
    this.#guests.clear();
    this.#current = undefined;
  }

  /** The backbuffers by state. */
  counts(): StateCounts {
    const counts = allFree(0);
    for (const { state } of this.#slots) counts[state]++;
    return counts;
  }

  /** For people: what each buffer that is not free waits for, and whose fences are pending on it. */
  waiting(fencesOf: (index: number) => readonly string[] = () => []): string[] {
    return this.#slots
      .filter(({ state }) => state !== 'free')
      .map(({ index, state }) => {
        const fences = fencesOf(index).join(', ');
        return `buffer ${index} ${waitsFor[state]}${fences === '' ? '' : ` (pending: ${fences})`}`;
      });
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
      throw new GuestheadError('ERR_USAGE', `Buffer ${index} is ${slot?.state ?? 'unknown'}, not ${from}`);
    slot.state = to;
    return slot;
  }

  #isGuest(index: number): boolean {
    return index >= this.#slots.length;
  }

  #guest(index: number): Guest {
    const guest = this.#guests.get(index);
    if (guest === undefined) throw new GuestheadError('ERR_USAGE', `Buffer ${index} has no place here`);
    return guest;
  }

  #letGo(index: number): void {
    const guest = this.#guests.get(index);
    if (guest === undefined || guest.uses === 0) return; // dismissed in the meantime
    if (--guest.uses === 0) guest.onIdle();
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
