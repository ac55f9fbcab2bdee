/** The clients' buffers that are attached to a head's frame path, from their first show on until they are closed. */
import { ClientBuffer, type BufferUser, type ImportedBuffer, type Swapchain } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import type { KernelScanout } from './kernel-scanout.js';

/** Whatever is drawn into: it is of no matter here. */
type Chain = Pick<Swapchain<never>, 'admit' | 'dismiss' | 'room' | 'isHeld'>;

interface Attached {
  readonly slot: number;
  /** Which of all shows was its last. */
  shownAt: number;
}

export class ClientSlots implements BufferUser {
  readonly #slots = new Map<ImportedBuffer, Attached>();
  readonly #unwanted = new Set<ImportedBuffer>();
  #shows = 0;

  constructor(
    private readonly chain: Chain,
    private readonly scanout: Pick<KernelScanout, 'attach' | 'detach'>,
  ) {}

  /** Its slot, for a present; throws as `assertShowable` does, NativeError where it cannot be attached, ERR_USAGE where no slot is left. */
  slotOf(buffer: ClientBuffer, mode: Mode): number {
    assertShowable(buffer, mode);
    const imported = ClientBuffer.imported(buffer);
    const attached = this.#slots.get(imported) ?? this.#attach(imported);
    attached.shownAt = ++this.#shows;
    return attached.slot;
  }

  /** The buffer behind a slot, or undefined for a backbuffer's. */
  bufferAt(slot: number | undefined): ImportedBuffer | undefined {
    for (const [buffer, attached] of this.#slots) if (attached.slot === slot) return buffer;
    return undefined;
  }

  /** Makes room for so many other slots, as far as there are buffers that nothing shows: those that were shown longest ago go first. */
  makeRoom(wanted: number): void {
    if (this.chain.room >= wanted) return;
    for (const [buffer, { slot }] of [...this.#slots].toSorted(([, one], [, other]) => one.shownAt - other.shownAt)) {
      if (this.chain.room >= wanted) return;
      if (!this.chain.isHeld(slot)) this.#detach(buffer, slot);
    }
  }

  /** Its last handle was closed. */
  unwanted(buffer: ImportedBuffer): void {
    const slot = this.#slots.get(buffer)?.slot;
    if (slot === undefined) return;
    if (this.chain.isHeld(slot)) this.#unwanted.add(buffer);
    else this.#detach(buffer, slot);
  }

  /** Nothing is shown any more. */
  close(): void {
    for (const [buffer, { slot }] of [...this.#slots]) this.#detach(buffer, slot);
  }

  /** Where the kernel or this process has no descriptor left, no slot is lost. */
  #attach(buffer: ImportedBuffer): Attached {
    this.makeRoom(1);
    const slot = this.chain.admit(() => {
      if (this.#unwanted.has(buffer)) this.#detach(buffer, slot);
    });
    try {
      this.scanout.attach(slot, buffer);
    } catch (error) {
      this.chain.dismiss(slot);
      throw error;
    }
    const attached = { slot, shownAt: 0 };
    this.#slots.set(buffer, attached);
    buffer.attach(this);
    return attached;
  }

  #detach(buffer: ImportedBuffer, slot: number): void {
    this.#slots.delete(buffer);
    this.#unwanted.delete(buffer);
    this.chain.dismiss(slot);
    this.scanout.detach(slot);
    buffer.detach(this);
  }
}

/** Throws ERR_USAGE, ERR_CLOSED, ERR_UNSUPPORTED, or what the host or the kernel has refused it with. */
export function assertShowable(buffer: unknown, { width, height }: Mode): void {
  if (!(buffer instanceof ClientBuffer)) throw new GuestheadError('ERR_USAGE', 'This is no imported buffer');
  const { refusal } = ClientBuffer.imported(buffer);
  if (refusal !== undefined) throw refusal;
  if (buffer.width < width || buffer.height < height)
    throw new GuestheadError('ERR_UNSUPPORTED', `A buffer of ${buffer.width}x${buffer.height} does not fill the mode`, {
      advice: `the display does not scale: bring ${width}x${height} or more`,
    });
}
