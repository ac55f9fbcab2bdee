/**
 * The states of a producer's buffers, and the only moves between them:
 *
 *   free ──acquire──► drawing ──lend──► exported ──settle (released or revoked)──► free
 *    ▲                   │
 *    └──────cancel───────┘
 *
 * Pure bookkeeping: no kernel and no host here. `Swapchain` has another order: what it shows is replaced one by one, while any
 * number of these are exported at once and come back in whatever order the host likes.
 */
import { GuestheadError } from '../../errors.js';

export type BufferState = 'free' | 'drawing' | 'exported';

interface Slot<B> {
  readonly buffer: B;
  state: BufferState;
  /** Of the drawing under way, or of the last: counted over all buffers. */
  frame: number;
  /** How many frames ago it was drawn into before; 0: its contents are unknown. */
  age: number;
  /** The frame that its pixels hold, or -1. */
  contents: number;
  /** What it is exported as. */
  id: string | undefined;
}

export class BufferStates<B> {
  readonly #slots = new Map<B, Slot<B>>();
  #nextFrame = 0;

  add(buffer: B): void {
    this.#slots.set(buffer, { buffer, state: 'free', frame: 0, age: 0, contents: -1, id: undefined });
  }

  /** Undefined for one that has gone. */
  stateOf(buffer: B): BufferState | undefined {
    return this.#slots.get(buffer)?.state;
  }

  frameOf(buffer: B): { readonly frame: number; readonly age: number } {
    const { frame, age } = this.#slotOf(buffer);
    return { frame, age };
  }

  /** That one if it is free; undefined otherwise. Never throws. */
  acquire(buffer: B): B | undefined {
    const slot = this.#slots.get(buffer);
    return slot?.state === 'free' ? this.#draw(slot) : undefined;
  }

  /** The free one that was drawn into longest ago; undefined: none is. */
  acquireAny(): B | undefined {
    let oldest: Slot<B> | undefined;
    for (const slot of this.#slots.values())
      if (slot.state === 'free' && (oldest === undefined || slot.contents < oldest.contents)) oldest = slot;
    return oldest && this.#draw(oldest);
  }

  /** The drawing was given up: the pixels are of no frame any more. */
  cancel(buffer: B): void {
    const slot = this.#in(buffer, 'drawing');
    slot.state = 'free';
    slot.contents = -1;
  }

  /** Exported as `id`, and locked. */
  lend(buffer: B, id: string): void {
    const slot = this.#in(buffer, 'drawing');
    slot.state = 'exported';
    slot.contents = slot.frame;
    slot.id = id;
  }

  /** Undefined for one that is not exported. */
  idOf(buffer: B): string | undefined {
    return this.#slots.get(buffer)?.id;
  }

  /** Its export has ended. False where there is none, or not any more. */
  settle(buffer: B): boolean {
    const slot = this.#slots.get(buffer);
    if (slot?.state !== 'exported') return false;
    slot.state = 'free';
    slot.id = undefined;
    return true;
  }

  /** It has other memory now, whose contents nobody knows. */
  forgetContents(buffer: B): void {
    this.#slotOf(buffer).contents = -1;
  }

  /** It goes; its export was settled before. */
  remove(buffer: B): void {
    this.#slots.delete(buffer);
  }

  #draw(slot: Slot<B>): B {
    slot.state = 'drawing';
    slot.frame = this.#nextFrame++;
    slot.age = slot.contents < 0 ? 0 : slot.frame - slot.contents;
    return slot.buffer;
  }

  #in(buffer: B, state: BufferState): Slot<B> {
    const slot = this.#slotOf(buffer);
    if (slot.state === state) return slot;
    throw new GuestheadError('ERR_USAGE', `The buffer is ${slot.state}, not ${state}`, { advice: moves[state] });
  }

  #slotOf(buffer: B): Slot<B> {
    const slot = this.#slots.get(buffer);
    if (slot === undefined) throw new GuestheadError('ERR_CLOSED', 'The buffer is closed');
    return slot;
  }
}

const moves: Record<BufferState, string> = {
  free: 'wait for `released` of its export',
  drawing: 'acquire it before it is drawn into or exported',
  exported: 'export it first',
};
