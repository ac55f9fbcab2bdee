/** A framebuffer of the display together with the memory behind it. */
import { GuestheadError } from '../errors.js';
import type { DmabufFd, FramebufferId } from '../ffi/index.js';
import { access, type Native, type NativeMapping } from '../native.js';
import type { Owner } from '../owner.js';
import type { PictureLayout } from './check.js';

/** Owns the framebuffer, the dma-buf fd, its CPU mapping and the GBM buffer; closes them in that order. */
export class ScanoutBuffer {
  #mapping: NativeMapping | undefined;
  #pixels: Uint32Array | undefined;
  #drawing = false;
  #closed = false;

  constructor(
    private readonly native: Native,
    readonly layout: PictureLayout,
    readonly framebuffer: FramebufferId,
    /** Borrowed: valid until `close()`. */
    readonly dmabufFd: DmabufFd,
    private readonly owner: Owner,
  ) {}

  /**
   * The pixels, XRGB8888, `layout.stride / 4` a row, mapped on first use. Opens
   * a CPU access that `endDraw()` ends; the array stays the same for the buffer's life.
   */
  pixels(): Uint32Array {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The buffer is closed');
    if (this.#mapping === undefined || this.#pixels === undefined) {
      const { stride, height } = this.layout;
      this.#mapping = this.native.mapDmabuf(this.dmabufFd, stride * height, access.readWrite);
      this.#pixels = new Uint32Array(this.#mapping.buffer);
    }
    if (!this.#drawing) this.#mapping.beginAccess(access.write);
    this.#drawing = true;
    return this.#pixels;
  }

  /** Makes what was drawn visible to the device; nothing where the CPU drew nothing. */
  endDraw(): void {
    if (!this.#drawing) return;
    this.#drawing = false;
    this.#mapping?.endAccess(access.write);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mapping?.close();
    this.owner.close();
  }
}
