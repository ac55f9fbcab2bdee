/** A buffer that a client brought as a dma-buf: scanned out like a backbuffer, never drawn into by us. */
import { GuestheadError } from '../errors.js';
import type { DmabufFd, FramebufferId } from '../ffi/index.js';
import { closeQuietly, type Owner } from '../owner.js';
import type { PictureLayout } from './check.js';
import { renderMemory, type RenderMemory } from './render-memory.js';

/** Whoever has the buffer attached to its frame path. */
export interface BufferUser {
  /** Nobody wants it shown any more: it is to be detached as soon as nothing shows or reads it. */
  unwanted(buffer: ImportedBuffer): void;
}

/**
 * One dma-buf on the display: its framebuffer, and a descriptor for its fences. Imported once, however often
 * and by whichever descriptor it comes; its handles are `ClientBuffer`s. It goes
 * when the last handle is closed and the last head has let go of it.
 */
export class ImportedBuffer {
  readonly #users = new Set<BufferUser>();
  #handles = 0;
  #gone = false;
  #refusal: GuestheadError | undefined;
  /** For a GPU that draws from it. */
  readonly memory: RenderMemory;
  readonly #forgetMemory: () => void;

  constructor(
    readonly layout: PictureLayout,
    readonly framebuffer: FramebufferId,
    /** The same dma-buf as the client's, whose fences say when the host is done. */
    readonly dmabufFd: DmabufFd,
    private readonly owner: Owner,
    private readonly forget: () => void,
  ) {
    [this.memory, this.#forgetMemory] = renderMemory(layout, dmabufFd);
  }

  /** Why the host would not show it, once it has said so. */
  get refusal(): GuestheadError | undefined {
    return this.#refusal;
  }

  /** The host has refused it: it is not shown again. */
  refuse(refusal: GuestheadError): void {
    this.#refusal ??= refusal;
  }

  /** One more handle. */
  open(): ClientBuffer {
    this.#handles++;
    return new ClientBuffer(this, () => this.#closeHandle());
  }

  /** It is attached to a head's frame path; ends with `detach`. */
  attach(user: BufferUser): void {
    this.#users.add(user);
  }

  detach(user: BufferUser): void {
    this.#users.delete(user);
    this.#closeIfUnused();
  }

  /** The display goes, and everything on it: what closing refuses is refused by a lost device. */
  lose(): void {
    this.#users.clear();
    this.#handles = 0;
    this.#closeIfUnused();
  }

  get gone(): boolean {
    return this.#gone;
  }

  #closeHandle(): void {
    if (this.#gone || --this.#handles > 0) return;
    this.forget();
    for (const user of [...this.#users]) user.unwanted(this);
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#gone || this.#handles > 0 || this.#users.size > 0) return;
    this.#gone = true;
    this.forget();
    this.#forgetMemory();
    closeQuietly(this.owner);
  }
}

/** A program's handle on an imported dma-buf, made by `Head.importDmabuf`: one for each import, ended by one `close()`. */
export class ClientBuffer {
  #closed = false;

  /** Use `Head.importDmabuf`. @internal */
  constructor(
    private readonly imported: ImportedBuffer,
    private readonly onClose: () => void,
  ) {}

  /** Pixels. */
  get width(): number {
    return this.imported.layout.width;
  }

  get height(): number {
    return this.imported.layout.height;
  }

  /** The same memory for `Gl.compose`, to draw into or from: this object is the buffer's identity. Throws ERR_CLOSED. */
  get memory(): RenderMemory {
    return ClientBuffer.imported(this).memory;
  }

  /** Closed, or lost with the display. */
  get closed(): boolean {
    return this.#closed || this.imported.gone;
  }

  /** What is on the screen stays there; memory and framebuffer go once the host has let go. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** For the heads, which show what is behind the handle. @internal */
  static imported(buffer: ClientBuffer): ImportedBuffer {
    if (buffer.closed) throw new GuestheadError('ERR_CLOSED', 'The imported buffer is closed');
    return buffer.imported;
  }
}
