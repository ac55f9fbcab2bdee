/** What a surface shows: a buffer of its client's, whichever kind it is. */
import type { DmabufDescription } from '../buffer/index.js';
import type { Resource } from '../wayland/index.js';

export interface Content {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Nothing is to be seen through it. */
  readonly opaque: boolean;
  /** How often it was committed. */
  readonly timesShown: number;
  /** Its client. */
  readonly owner: object;
  /** The client may not draw into it until it is told that it was released. */
  use(): void;
  /** Ends one use; with the last one it is the client's again. */
  release(): void;
  /** Draws it, as native/paint/painting.h has the numbers. False where its pixels are gone, or cannot be read. */
  paint(target: Uint32Array, numbers: Float64Array): boolean;
  /** The same memory as a dma-buf, whose descriptor is the caller's to close. Throws NativeError, or what a client's own says. */
  dmabuf(): DmabufDescription;
  /** Told once, when the client has destroyed it: what was made of it goes. */
  onGone(tell: () => void): void;
}

/** Uses of one wl_buffer, by surfaces and by frames that show it without a copy. */
export class Uses {
  #count = 0;
  #total = 0;

  constructor(private readonly resource: Resource<'wl_buffer'>) {}

  get total(): number {
    return this.#total;
  }

  use(): void {
    this.#count++;
    this.#total++;
  }

  release(): void {
    if (--this.#count === 0) this.resource.send.release();
  }
}
