/** A picture in ordinary memory that is a dma-buf: what a program draws with the CPU and hands to another process, or to a head. */
import { closeSync } from 'node:fs';
import { coded, GuestheadError } from '../errors.js';
import type { DmabufFd } from '../ffi/index.js';
import { access, loadNative, type Native, type NativeMapping } from '../native/index.js';
import { Owner } from '../owner.js';
import { maxPixels, minPixels } from './check.js';
import type { Size } from './path.js';
import { bytesPerPixel } from './padding.js';
import { allocateUdmabuf, udmabufMemory } from './udmabuf-path.js';

/** What `draw` gives to draw into: XRGB8888, valid until it returns. */
export interface UdmabufPixels {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels (not bytes) from one row to the next. */
  readonly stridePixels: number;
  /** 0x00RRGGBB each. */
  readonly pixels: Uint32Array;
}

export class Udmabuf {
  readonly #owner: Owner;
  readonly #fd: DmabufFd;
  readonly #mapping: NativeMapping;
  #closed = false;

  private constructor(
    native: Pick<Native, 'createUdmabuf' | 'mapDmabuf'>,
    /** Pixels. */
    readonly width: number,
    readonly height: number,
    /** Bytes from one row to the next, as `Head.importDmabuf` takes it. */
    readonly strideBytes: number,
    bytes: number,
  ) {
    const owner = new Owner();
    this.#owner = owner;
    this.#fd = owner.guard(() => owner.own(allocateUdmabuf(native, bytes), closeSync));
    this.#mapping = owner.guard(() => owner.own(map(native, this.#fd, strideBytes * height)));
  }

  /**
   * Linear XRGB8888, black. The memory is pinned while there is a descriptor of it, in whichever process. Throws
   * ERR_USAGE for a size that no head has, ERR_ALLOCATION where there is no /dev/udmabuf, or no right to it.
   */
  static allocate(
    { width, height }: Size,
    native: Pick<Native, 'createUdmabuf' | 'mapDmabuf'> = loadNative(),
  ): Udmabuf {
    for (const side of [width, height])
      if (!Number.isInteger(side) || side < minPixels || side > maxPixels)
        throw new GuestheadError('ERR_USAGE', `A picture of ${width}x${height} cannot be shown`, {
          advice: `each side has ${minPixels} to ${maxPixels} pixels`,
        });
    const { stride, bytes } = udmabufMemory({ width, height });
    return new Udmabuf(native, width, height, stride, bytes);
  }

  /** Borrowed: valid until `close()`. Throws ERR_CLOSED afterwards. */
  get fd(): number {
    this.#throwIfClosed();
    return this.#fd;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Lets `paint` write to it, between the two calls that make its pixels visible to devices. Waits for whoever reads it
   * as their fences say: draw into a buffer that has been released, and nothing is waited for. Throws ERR_CLOSED, and what `paint` throws.
   */
  draw(paint: (picture: UdmabufPixels) => void): void {
    this.#throwIfClosed();
    const { width, height } = this;
    this.#mapping.beginAccess(access.write);
    try {
      paint({
        width,
        height,
        stridePixels: this.strideBytes / bytesPerPixel,
        pixels: new Uint32Array(this.#mapping.buffer),
      });
    } finally {
      if (!this.#closed) this.#mapping.endAccess(access.write);
    }
  }

  /** The memory goes with its last descriptor: what was handed out, or imported, keeps it. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The buffer is closed');
  }
}

function map(native: Pick<Native, 'mapDmabuf'>, fd: number, bytes: number): NativeMapping {
  try {
    return native.mapDmabuf(fd, bytes, access.readWrite);
  } catch (error) {
    throw coded(error);
  }
}
