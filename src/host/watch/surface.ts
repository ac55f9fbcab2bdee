/** What a head shows, in one of the three ways in which QEMU hands it over. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { coded } from '../../errors.js';
import { formatName } from '../../ffi/index.js';
import { access, type Native, type NativeMapping } from '../../native/index.js';
import type { PictureMemory } from '../../sinks/index.js';
import { bytesOfPixel, checkBytes, checkLayout, pictureOf, refused, type Layout } from './layout.js';

/** `pictures`: copies over the socket. `shared memory`: a file of QEMU's that is read. `dma-buf`: the guest's own buffer. */
export type Transport = 'pictures' | 'shared memory' | 'dma-buf';

/** Owns its memory and descriptors. */
export interface Surface {
  readonly transport: Transport;
  readonly layout: Layout;
  /** Calls `use` with what it shows now. Throws ERR_SYSTEM where its memory cannot be read. */
  read<T>(use: (picture: PictureMemory) => T): T;
  /** Idempotent. */
  close(): void;
}

/** Pixels that came over the socket, into which later parts are copied. */
export class Pictures implements Surface {
  readonly transport = 'pictures';

  /** Takes `pixels` over. Throws ERR_QEMU where they are too few. */
  constructor(
    public layout: Layout,
    private pixels: Uint8Array,
  ) {
    checkBytes(layout, 0, pixels.length);
  }

  /** A part; the picture grows where it lies beyond it: QEMU before 8 does not tell of a console's new size in time. */
  update(x: number, y: number, layout: Layout, pixels: Uint8Array): void {
    checkBytes(layout, 0, pixels.length);
    if (x < 0 || y < 0) throw refused(`a part at ${x},${y}`);
    const { width, height, format } = this.layout;
    if (layout.format !== format)
      throw refused(`a part in ${formatName(layout.format)} of a picture in ${formatName(format)}`);
    const [right, bottom] = [x + layout.width, y + layout.height];
    if (right > width || bottom > height) this.resize(Math.max(right, width), Math.max(bottom, height));
    this.#copy(x, y, layout, pixels);
  }

  /** What was not seen yet is black. */
  resize(width: number, height: number): void {
    const before = this.layout;
    const source = this.pixels;
    if (width === before.width && height === before.height) return;
    const layout = { ...before, width, height, stride: width * bytesOfPixel(before.format) };
    checkLayout(layout);
    this.layout = layout;
    this.pixels = new Uint8Array(layout.stride * height);
    this.#copy(
      0,
      0,
      { ...before, width: Math.min(width, before.width), height: Math.min(height, before.height) },
      source,
    );
  }

  read<T>(use: (picture: PictureMemory) => T): T {
    return use(pictureOf(this.layout, this.pixels));
  }

  close(): void {
    this.pixels = new Uint8Array(0);
  }

  #copy(x: number, y: number, { width, height, stride }: Layout, source: Uint8Array): void {
    const bytes = bytesOfPixel(this.layout.format);
    for (let row = 0; row < height; row++) {
      const from = row * stride;
      this.pixels.set(source.subarray(from, from + width * bytes), (y + row) * this.layout.stride + x * bytes);
    }
  }
}

/** A file that QEMU draws into. It is read and never mapped: one that shrinks cannot kill who reads it. */
export class SharedMemory implements Surface {
  readonly transport = 'shared memory';
  #fd: number | undefined;
  readonly #bytes: Uint8Array;

  /** Keeps a duplicate of `fd`. Throws ERR_QEMU where the file is too short. */
  constructor(
    fd: number,
    private readonly offset: number,
    readonly layout: Layout,
    native: Pick<Native, 'duplicate'>,
  ) {
    this.#bytes = new Uint8Array(checkBytes(layout, offset, fstatSync(fd).size));
    this.#fd = native.duplicate(fd);
  }

  read<T>(use: (picture: PictureMemory) => T): T {
    const fd = this.#fd;
    if (fd === undefined) throw refused('nothing: this picture is closed');
    for (let done = 0; done < this.#bytes.length;) {
      const read = readSync(fd, this.#bytes, done, this.#bytes.length - done, this.offset + done);
      if (read === 0) throw refused('shared memory that has become shorter');
      done += read;
    }
    return use(pictureOf(this.layout, this.#bytes));
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** A buffer of the guest's: linear, of one plane, mapped at the first look. */
export class Dmabuf implements Surface {
  readonly transport = 'dma-buf';
  #mapping: NativeMapping | undefined;
  readonly #fd: number;
  #closed = false;

  /** Keeps a duplicate of `fd`. `isFlipped` as QEMU's y0_top, which counts rows as GL does. Throws ERR_QEMU. */
  constructor(
    fd: number,
    private readonly offset: number,
    readonly layout: Layout,
    private readonly isFlipped: boolean,
    private readonly native: Pick<Native, 'duplicate' | 'mapDmabuf'>,
  ) {
    checkBytes(layout, offset, fstatSync(fd).size);
    this.#fd = native.duplicate(fd);
  }

  /** Waits for what is still being drawn. */
  read<T>(use: (picture: PictureMemory) => T): T {
    if (this.#closed) throw refused('nothing: this picture is closed');
    const needed = checkBytes(this.layout, this.offset, Number.MAX_SAFE_INTEGER);
    try {
      this.#mapping ??= this.native.mapDmabuf(this.#fd, this.offset + needed, access.read);
      this.#mapping.beginAccess(access.read); // refused by what is no dma-buf
      try {
        const pixels = new Uint8Array(this.#mapping.buffer, this.offset, needed);
        return use(pictureOf(this.layout, pixels, this.isFlipped));
      } finally {
        this.#mapping.endAccess(access.read);
      }
    } catch (error) {
      throw coded(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mapping?.close();
    closeSync(this.#fd);
  }
}
