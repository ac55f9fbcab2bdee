/**
 * The backbuffers' states, and the only moves between them:
 *
 *   free ──acquire──► drawing ──submit──► queued ──flipped──► current
 *    ▲                   │                                       │ its successor's
 *    ├───cancel, drop────┘                                       ▼ flipped
 *    └─────────────────────released──────────────────────── draining
 *
 * Any state goes to `lost` with its device. When the mode or the path changes, other
 * backbuffers are drawn into from then on, and the ones before leave as they become free.
 * Clients' buffers are shown in the same chain but never drawn into (client-uses.ts). Pure bookkeeping: no kernel here.
 */
import { GuestheadError } from '../errors.js';
import { maxBuffers, minBuffers } from './choices.js';
import { ClientUses } from './client-uses.js';
import { OwedReleases } from './owed-releases.js';
import { allFree, waitsFor, type SlotState, type StateCounts } from './slot-state.js';

/** One backbuffer of the chain. Read-only outside this file. */
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
  /** Set once it is drawn into no more: called when it is free. */
  onGone: (() => void) | undefined;
}

type Another<B> = (slot: number) => B | undefined;

/** As many as the addon's frame path tells apart. */
const maxSlots = 64;

export class Swapchain<B> {
  /** All backbuffers, by index. */
  readonly #slots = new Map<number, MutableSlot<B>>();
  /** Those that are drawn into. */
  #used: readonly MutableSlot<B>[] = [];
  #another: Another<B> = () => undefined;
  readonly #clients = new ClientUses();
  /** To presents whose buffer is not free yet. */
  readonly #owed: OwedReleases;
  #nextFrame: number;
  /** The index of what is on the screen. */
  #current: number | undefined;

  constructor(
    buffers: readonly B[] = [],
    /** Where the numbers of an earlier chain go on. */
    firstFrame = 0,
    /** Makes the calls to the program that are owed. */
    post: (call: () => void) => void = atOnce,
  ) {
    this.#owed = new OwedReleases(post);
    this.#nextFrame = firstFrame;
    if (buffers.length > 0) this.use(buffers);
  }

  /** The backbuffers that are drawn into. */
  get slots(): readonly Slot<B>[] {
    return this.#used;
  }

  /** All backbuffers of the chain, those that leave it too. */
  get all(): readonly Slot<B>[] {
    return [...this.#slots.values()];
  }

  /** What is on the screen; undefined: nothing of ours, or a buffer that has gone. */
  get current(): number | undefined {
    return this.#current;
  }

  get nextFrame(): number {
    return this.#nextFrame;
  }

  /**
   * Draws into these from now on; those that are in the chain already keep their slots. Where none is free, `another` may bring one
   * more for a slot; it does not throw. Throws ERR_USAGE.
   */
  use(buffers: readonly B[], another: Another<B> = () => undefined): readonly Slot<B>[] {
    if (buffers.length < minBuffers || buffers.length > maxBuffers)
      throw new GuestheadError('ERR_USAGE', `A swapchain has ${minBuffers} to ${maxBuffers} buffers`);
    const known = new Map([...this.#slots.values()].map((slot) => [slot.buffer, slot]));
    if (buffers.filter((buffer) => !known.has(buffer)).length > this.room) throw noSlotLeft();
    this.#used = buffers.map((buffer) => known.get(buffer) ?? this.#add(buffer));
    this.#another = another;
    return this.#used;
  }

  /** `onGone` is called for each of these backbuffers as soon as it is free, which leaves the chain by that. */
  retire(buffers: readonly B[], onGone: (index: number) => void): void {
    for (const slot of [...this.#slots.values()]) {
      if (!buffers.includes(slot.buffer)) continue;
      slot.onGone = () => onGone(slot.index);
      if (slot.state === 'free' || slot.state === 'lost') this.#leave(slot);
    }
  }

  /** A free buffer to draw the next frame into, or undefined: `waiting()` then says why. Never blocks, never throws. */
  acquire(): Slot<B> | undefined {
    const slot = this.#oldestFree() ?? this.#addAnother();
    if (slot === undefined) return undefined;
    slot.state = 'drawing';
    slot.frame = this.#nextFrame++;
    slot.age = slot.contents < 0 ? 0 : slot.frame - slot.contents;
    return slot;
  }

  /** The number of a frame that takes no backbuffer. */
  takeNumber(): number {
    return this.#nextFrame++;
  }

  /** A present of this buffer: `onReleased` is called once nothing shows or reads it any longer. */
  owe(index: number, onReleased: (() => void) | undefined): void {
    if (onReleased !== undefined) this.#owed.add(index, onReleased);
  }

  /** The kernel accepted the commit that shows this buffer. */
  submit(index: number): void {
    if (this.#isClient(index)) return; // held since `take`
    const slot = this.#move(index, 'drawing', 'queued');
    slot.contents = slot.frame;
  }

  /** The drawing was given up, or its commit refused: its pixels are of no frame any more. */
  cancel(index: number): void {
    if (this.#isClient(index)) this.#letGo(index);
    else this.#free(index, 'drawing', -1);
  }

  /** Drawn, but a newer frame is shown in its stead; what it holds stays known. */
  drop(index: number): void {
    if (this.#isClient(index)) this.#letGo(index);
    else this.#free(index, 'drawing', this.#slots.get(index)?.frame ?? -1);
  }

  /** Acquired, but another buffer is shown in its stead: untouched, it holds what it held. */
  giveBack(index: number, touched: boolean): void {
    this.#free(index, 'drawing', touched ? -1 : (this.#slots.get(index)?.contents ?? -1));
  }

  /** The flip event of this buffer: it is on the screen, and the one before drains. */
  flipped(index: number): void {
    if (!this.#isClient(index)) this.#move(index, 'queued', 'current');
    const replaced = this.#current;
    this.#current = index;
    if (replaced === undefined) return;
    if (replaced !== index) {
      const slot = this.#slots.get(replaced);
      if (slot !== undefined) slot.state = 'draining';
    } else if (this.#isClient(index)) this.#letGo(index); // shown again: held once
  }

  /** Its successor is shown and its fences have signalled: the host reads it no more. */
  released(index: number): void {
    if (this.#isClient(index)) this.#letGo(index);
    else this.#free(index, 'draining');
  }

  /** A slot for a client's buffer, whose `onIdle` is called when nothing holds it any more; throws ERR_USAGE where all are taken. */
  admit(onIdle: () => void): number {
    const index = this.#freeIndex();
    this.#clients.add(index, onIdle);
    return index;
  }

  /** Gives a slot up, whatever still holds it. */
  dismiss(index: number): void {
    this.#clients.remove(index);
    if (this.#current === index) this.#current = undefined;
    this.#owed.tell(index);
  }

  /** How many slots are left for other buffers. */
  get room(): number {
    return maxSlots - this.#slots.size - this.#clients.size;
  }

  /** Whether anything shows or reads this client's buffer. */
  isHeld(index: number): boolean {
    return this.#clients.isHeld(index);
  }

  /** The client's buffer is to be shown; ends with `released`, or `cancel`. */
  take(index: number): void {
    this.#clients.take(index);
  }

  /** The device is gone: nothing will be released any more, and nothing is held. */
  lose(): void {
    for (const slot of this.#slots.values()) slot.state = 'lost';
    this.#clients.clear();
    this.#current = undefined;
    this.#owed.tellAll();
  }

  /** Whoever waits for a buffer's release is told: nothing of this chain is shown any longer. */
  tellAll(): void {
    this.#owed.tellAll();
  }

  /** The backbuffers by state. */
  counts(): StateCounts {
    const counts = allFree(0);
    for (const { state } of this.#used) counts[state]++;
    return counts;
  }

  /** For people: what each buffer that is not free waits for, and whose fences are pending on it. */
  waiting(fencesOf: (index: number) => readonly string[] = () => []): string[] {
    return this.#used
      .filter(({ state }) => state !== 'free')
      .map(({ index, state }) => {
        const fences = fencesOf(index).join(', ');
        return `buffer ${index} ${waitsFor[state]}${fences === '' ? '' : ` (pending: ${fences})`}`;
      });
  }

  #add(buffer: B): MutableSlot<B> {
    const index = this.#freeIndex();
    const slot: MutableSlot<B> = { index, buffer, state: 'free', frame: 0, age: 0, contents: -1, onGone: undefined };
    this.#slots.set(index, slot);
    return slot;
  }

  #addAnother(): MutableSlot<B> | undefined {
    const buffer = this.room > 0 ? this.#another(this.#freeIndex()) : undefined;
    if (buffer === undefined) return undefined;
    const slot = this.#add(buffer);
    this.#used = [...this.#used, slot];
    return slot;
  }

  #freeIndex(): number {
    for (let index = 0; index < maxSlots; index++)
      if (!this.#slots.has(index) && !this.#clients.has(index)) return index;
    throw noSlotLeft();
  }

  /** Of the free buffers the one drawn longest ago: it gives a host that reads late the most time. */
  #oldestFree(): MutableSlot<B> | undefined {
    let best: MutableSlot<B> | undefined;
    for (const slot of this.#used)
      if (slot.state === 'free' && (best === undefined || slot.contents < best.contents)) best = slot;
    return best;
  }

  #move(index: number, from: SlotState, to: SlotState): MutableSlot<B> {
    const slot = this.#slots.get(index);
    if (slot?.state !== from)
      throw new GuestheadError('ERR_USAGE', `Buffer ${index} is ${slot?.state ?? 'unknown'}, not ${from}`);
    slot.state = to;
    return slot;
  }

  #free(index: number, from: SlotState, contents?: number): void {
    const slot = this.#move(index, from, 'free');
    slot.contents = contents ?? slot.contents;
    this.#owed.tell(index);
    if (slot.onGone !== undefined) this.#leave(slot);
  }

  #leave({ index, onGone }: MutableSlot<B>): void {
    this.#slots.delete(index);
    onGone?.();
  }

  #isClient(index: number): boolean {
    return !this.#slots.has(index);
  }

  readonly #tell = (index: number): void => this.#owed.tell(index);

  #letGo(index: number): void {
    this.#clients.letGo(index, this.#tell);
  }
}

function noSlotLeft(): GuestheadError {
  return new GuestheadError('ERR_USAGE', `More than ${maxSlots} buffers on one head`, {
    advice: 'close imported buffers that are no longer shown',
  });
}

function atOnce(call: () => void): void {
  call();
}
