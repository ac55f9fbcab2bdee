/** A buffer of a producer, as the program holds it: drawn into, exported, and free again when the host has released it. */
import { renderMemory, type DmabufDescription, type RenderMemory, type UdmabufPixels } from '../../buffer/index.js';
import { GuestheadError } from '../../errors.js';
import type { Layout } from '../protocol/messages.js';
import type { BufferState } from './buffer-states.js';
import type { Export, ExportOptions } from './export.js';
import type { PinnedMemory, PinningTimes } from './pinned-memory.js';

/** Milliseconds that a buffer took until it could be exported for the first time. */
export interface PreparationTimes extends PinningTimes {
  /** From telling the host of its pages to the answer; undefined while there is none. */
  readonly registerMs: number | undefined;
}

/** What the producer does for its buffers; the program sees none of it. */
export interface BufferOwner {
  stateOf(buffer: TransferBuffer): BufferState | undefined;
  frameOf(buffer: TransferBuffer): { readonly frame: number; readonly age: number };
  acquire(buffer: TransferBuffer): boolean;
  cancel(buffer: TransferBuffer): void;
  export(buffer: TransferBuffer, options: ExportOptions): Export;
  revoke(buffer: TransferBuffer): void;
  remove(buffer: TransferBuffer): void;
  timesOf(buffer: TransferBuffer): PreparationTimes | undefined;
}

const bytesPerPixel = 4;

export class TransferBuffer {
  #memory: PinnedMemory;
  /** With the function that forgets it; made for the first who asks. */
  #render: readonly [RenderMemory, () => void] | undefined;

  /** @internal Use `Producer.allocate` or `adopt`. */
  constructor(
    private readonly owner: BufferOwner,
    /** Pixels and bytes. */
    readonly layout: Layout,
    memory: PinnedMemory,
  ) {
    this.#memory = memory;
  }

  get state(): BufferState | 'closed' {
    return this.owner.stateOf(this) ?? 'closed';
  }

  get closed(): boolean {
    return this.state === 'closed';
  }

  /** Borrowed, valid until the buffer is closed or revoked: another dma-buf has taken its place then. Throws ERR_CLOSED. */
  get fd(): number {
    this.#throwIfClosed();
    return this.#memory.lendFd();
  }

  /** As `Head.importDmabuf` takes it. The descriptor is as `fd`. Throws ERR_CLOSED. */
  get description(): DmabufDescription {
    const { width, height, format, stride, offset, modifier } = this.layout;
    return { fd: this.fd, width, height, format, strideBytes: stride, offsetBytes: offset, modifier };
  }

  /** For the render GPU: `Gl.compose` draws into the buffer, or from it, by this. A new object after `revoke`. Throws ERR_CLOSED. */
  get memory(): RenderMemory {
    this.#throwIfClosed();
    const { layout } = this;
    this.#render ??= renderMemory({ ...layout, size: Number(layout.size) }, this.#memory.lendFd());
    return this.#render[0];
  }

  /** Of the drawing under way: its number, counted over the producer's buffers, and how many frames ago the contents were drawn; 0 = unknown. */
  get drawing(): { readonly frame: number; readonly age: number } {
    return this.owner.frameOf(this);
  }

  /** Of the memory that it has now. Throws ERR_CLOSED. */
  get preparation(): PreparationTimes {
    return this.owner.timesOf(this) ?? this.#refuse('asked');
  }

  /** Free → drawing: the program may draw into it. False where it is not free. */
  acquire(): boolean {
    return this.owner.acquire(this);
  }

  /** Drawing → free: what was drawn is not to be seen. Throws ERR_USAGE, ERR_CLOSED. */
  cancel(): void {
    this.owner.cancel(this);
  }

  /** Draws with the CPU, as 4 bytes a pixel, and makes it visible to the devices that may have the buffer. Throws ERR_USAGE unless acquired, ERR_CLOSED. */
  draw(paint: (picture: UdmabufPixels) => void): void {
    if (this.state !== 'drawing') this.#refuse('drawn into');
    const { width, height, stride } = this.layout;
    this.#memory.write((bytes) =>
      paint({ width, height, stridePixels: stride / bytesPerPixel, pixels: new Uint32Array(bytes) }),
    );
  }

  /**
   * Drawing → exported: hands the buffer to the host's consumers once the fence has signalled, and is locked until
   * `released`. Throws ERR_USAGE unless acquired, or for more than 192 bytes of private data; ERR_CLOSED. The fence is closed also then.
   */
  export(options: ExportOptions = {}): Export {
    return this.owner.export(this, options);
  }

  /**
   * Takes an exported buffer back by force: free at once, with new, black memory (`fd` and `memory` change), so that a consumer who
   * still reads sees nothing new. An adopted buffer is closed by it. Nothing happens where it is not exported. Throws ERR_ALLOCATION and then leaves all as it was, ERR_CLOSED.
   */
  revoke(): void {
    this.#throwIfClosed();
    this.owner.revoke(this);
  }

  /** Ends its export as revoked; its pages go once nobody on the host holds them. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.#forgetRender();
    this.owner.remove(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal The producer's: other memory in place of what was taken back. */
  replaceMemory(memory: PinnedMemory): void {
    this.#forgetRender();
    this.#memory = memory;
  }

  #forgetRender(): void {
    this.#render?.[1]();
    this.#render = undefined;
  }

  #throwIfClosed(): void {
    if (this.closed) throw new GuestheadError('ERR_CLOSED', 'The buffer is closed');
  }

  #refuse(what: string): never {
    this.#throwIfClosed();
    throw new GuestheadError('ERR_USAGE', `A buffer that is ${this.state} cannot be ${what}`, {
      advice: 'acquire it first; one that is exported is free again after `released`',
    });
  }
}
