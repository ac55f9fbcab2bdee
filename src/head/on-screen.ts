/**
 * What a head has on one claim: its frame path, the buffers in it, what is on the way to the screen. It outlives
 * a change of mode or path, so that what is shown or still read is let go of by the same rule as ever.
 */
import { Swapchain, type ClientBuffer, type ImportedBuffer, type ScanoutBuffer } from '../buffer/index.js';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { FramesAhead, type DiscardReason, type Outbox } from '../loop/index.js';
import { closeQuietly } from '../owner.js';
import type { BufferSet } from './buffer-set.js';
import type { Claim } from './claim.js';
import { ClientSlots } from './client-slots.js';
import { KernelScanout, type ScanoutParts } from './kernel-scanout.js';

export class OnScreen {
  readonly claim: Claim;
  readonly scanout: KernelScanout;
  readonly chain: Swapchain<ScanoutBuffer>;
  readonly ahead: FramesAhead;
  readonly #clients: ClientSlots;
  /** Replaced, and not let go of yet. */
  readonly #retiring = new Set<BufferSet>();
  /** Of the commit that was refused last. */
  #refusedSlot: number | undefined;

  /** `firstFrame`: where the numbers of an earlier one go on. */
  constructor(
    parts: ScanoutParts,
    outbox: Outbox,
    firstFrame: number,
    private readonly report: (fault: GuestheadError) => void,
  ) {
    this.claim = parts.claim;
    this.scanout = new KernelScanout(parts);
    this.chain = new Swapchain<ScanoutBuffer>([], firstFrame, (call) => outbox.post(call));
    this.ahead = new FramesAhead(this.chain, outbox);
    this.#clients = new ClientSlots(this.chain, this.scanout);
  }

  /** Draws into this set from now on, and sets its mode with the next frame. */
  use(set: BufferSet): void {
    this.scanout.useMode(set.mode);
    const [only, second] = set.buffers;
    if (only !== undefined && second === undefined) {
      this.scanout.attach(0, only); // the one buffer that is flushed by DIRTYFB
      return;
    }
    this.#clients.makeRoom(set.most);
    const known = new Set(this.chain.all);
    const slots = this.chain.use(set.buffers, (slot) => this.#another(set, slot));
    for (const slot of slots) if (!known.has(slot)) this.scanout.attach(slot.index, slot.buffer);
  }

  /** With those that there are it goes on flipping, too. */
  #another(set: BufferSet, slot: number): ScanoutBuffer | undefined {
    if (this.#retiring.has(set)) return undefined;
    try {
      const buffer = set.another();
      if (buffer !== undefined) this.scanout.attach(slot, buffer);
      return buffer;
    } catch (error) {
      this.report(noOther(set, error));
      return undefined;
    }
  }

  /** The set is replaced: its buffers go as soon as neither display nor host reads them. */
  retire(set: BufferSet): void {
    let left = this.chain.all.filter(({ buffer }) => set.buffers.includes(buffer)).length;
    if (left === 0) {
      closeQuietly(set.owner);
      return;
    }
    this.#retiring.add(set);
    this.chain.retire(set.buffers, (slot) => {
      this.scanout.detach(slot);
      if (--left > 0) return;
      this.#retiring.delete(set);
      closeQuietly(set.owner);
    });
  }

  /** The slot of a client's buffer, for a present in this mode; throws where it cannot be shown. */
  slotOf(buffer: ClientBuffer, { mode }: BufferSet): number {
    return this.#clients.slotOf(buffer, mode);
  }

  /** The commit that shows this slot was refused for good. */
  refused(slot: number): void {
    this.#refusedSlot = slot;
  }

  /** The client's buffer that was refused, is on the screen, or on its way there; undefined where there is none. */
  suspect(): ImportedBuffer | undefined {
    const slots = [this.#refusedSlot, this.ahead.ready?.slot, this.ahead.queued?.slot, this.chain.current];
    this.#refusedSlot = undefined;
    for (const slot of slots) {
      const buffer = this.#clients.bufferAt(slot);
      if (buffer !== undefined) return buffer;
    }
    return undefined;
  }

  /** Nothing is committed, nor heard of, any more. Idempotent. */
  stop(reason: DiscardReason): void {
    this.ahead.end(reason);
    this.scanout.close();
  }

  /** Nothing of it is shown any more, or nobody can know: returns where the numbers of its frames go on. */
  end(reason: DiscardReason): number {
    this.stop(reason);
    this.chain.tellAll();
    this.#clients.close();
    for (const set of this.#retiring) closeQuietly(set.owner);
    this.#retiring.clear();
    return this.chain.nextFrame;
  }
}

function noOther({ buffers: { length } }: BufferSet, cause: unknown): GuestheadError {
  const what = `No backbuffer could be made beside the ${length} that there are: ${messageOf(cause)}`;
  const advice = `the head goes on with ${length}; give the guest or its GPU more memory, or the head fewer buffers`;
  return new GuestheadError('ERR_ALLOCATION', what, { errno: errnoOf(cause), advice, cause });
}
