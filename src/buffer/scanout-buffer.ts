/** A framebuffer of the display together with the memory that is drawn into. */
import { GuestheadError } from '../errors.js';
import type { DmabufFd, FramebufferId } from '../ffi/index.js';
import { access, type Native, type NativeMapping } from '../native/index.js';
import type { Owner } from '../owner.js';
import type { PictureLayout } from './check.js';
import type { Damage } from './damage.js';
import { renderMemory, type RenderMemory } from './render-memory.js';

export interface ScanoutBufferParts {
  readonly native: Native;
  /** Of the memory that is drawn into. */
  readonly layout: PictureLayout;
  /** Of the memory that is shown: the same memory, but on the `copy` path. */
  readonly framebuffer: FramebufferId;
  readonly shownFd: DmabufFd;
  readonly drawnFd: DmabufFd;
  /** Closes all of these; the buffer's own. */
  readonly owner: Owner;
  /** The `copy` path: brings what was drawn to the shown memory and returns the bytes copied. */
  readonly copy?: (drawn: ArrayBuffer, damage: Damage) => number;
  readonly damage?: Damage;
}

/** Closes its CPU mapping, then what its owner holds. */
export class ScanoutBuffer {
  #mapping: NativeMapping | undefined;
  #pixels: Uint32Array | undefined;
  #drawing = false;
  #closed = false;
  #bytesCopied = 0;
  /** What is drawn into, for a GPU. */
  readonly memory: RenderMemory;
  readonly #forgetMemory: () => void;

  constructor(private readonly parts: ScanoutBufferParts) {
    [this.memory, this.#forgetMemory] = renderMemory(parts.layout, parts.drawnFd);
  }

  get layout(): PictureLayout {
    return this.parts.layout;
  }

  get framebuffer(): FramebufferId {
    return this.parts.framebuffer;
  }

  /** The shown memory, whose fences say when the host is done. Borrowed: valid until `close()`. */
  get dmabufFd(): DmabufFd {
    return this.parts.shownFd;
  }

  /** The memory that is drawn into: the shown memory, but on the `copy` path. Borrowed likewise. */
  get drawnFd(): DmabufFd {
    return this.parts.drawnFd;
  }

  /** Since the buffer was made. */
  get bytesCopied(): number {
    return this.#bytesCopied;
  }

  /**
   * The pixels, XRGB8888, `layout.stride / 4` a row, mapped on first use. Opens
   * a CPU access that `endDraw()` ends; the array stays the same for the buffer's life.
   */
  pixels(): Uint32Array {
    const mapping = this.#map();
    this.#pixels ??= new Uint32Array(mapping.buffer);
    if (!this.#drawing) mapping.beginAccess(access.write);
    this.#drawing = true;
    return this.#pixels;
  }

  /** Says which part the drawing changes; without any, all of it counts as changed. */
  damaged(x: number, y: number, width: number, height: number): void {
    this.parts.damage?.add(x, y, width, height);
  }

  /** The CPU's drawing is over: its pixels are visible to the device. */
  endDraw(): void {
    if (this.#drawing) this.#mapping?.endAccess(access.write);
    this.#drawing = false;
  }

  /** The `copy` path: the memory drawn into is not what is shown. */
  get copies(): boolean {
    return this.parts.copy !== undefined;
  }

  /** Brings what was drawn to the shown memory, where the path needs that; once rendering is done. */
  copy(): void {
    const { copy, damage } = this.parts;
    if (copy === undefined || damage === undefined) return;
    const mapping = this.#map();
    mapping.beginAccess(access.read);
    this.#bytesCopied += copy(mapping.buffer, damage);
    mapping.endAccess(access.read);
    damage.clear();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forgetMemory();
    this.#mapping?.close();
    this.parts.owner.close();
  }

  #map(): NativeMapping {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The buffer is closed');
    const { native, drawnFd, layout } = this.parts;
    this.#mapping ??= native.mapDmabuf(drawnFd, layout.stride * layout.height, access.readWrite);
    return this.#mapping;
  }
}
