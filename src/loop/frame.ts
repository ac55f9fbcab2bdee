/** What `draw` gets: one backbuffer, for the time of one frame; and what it may give back. */
import {
  checkRectangle,
  type ClientBuffer,
  type PictureLayout,
  type RenderMemory,
  type Slot,
} from '../buffer/index.js';
import type { PresentOptions } from './present.js';

export interface Frame {
  /** Counts from 0; a frame that was given up leaves a gap. */
  readonly number: number;
  /** How many frames ago this buffer's contents were drawn; 0 = unknown, draw everything. */
  readonly age: number;
  readonly width: number;
  readonly height: number;
  /** Pixels (not bytes) from one row to the next. */
  readonly stridePixels: number;
  /** XRGB8888 pixels for CPU drawing; call only when you draw with the CPU. */
  readonly pixels: Uint32Array;
  /**
   * The memory to draw into as a dma-buf, linear XRGB8888, for drawing with the GPU (EGL's or Vulkan's
   * dma-buf import). On the `copy` path it is not the memory that is shown. Borrowed: the same for all
   * frames of this buffer, until the head changes its mode or closes; do not close it.
   */
  readonly drawnFd: number;
  /** The same memory for `Gl.compose`: this object is the buffer's identity. */
  readonly memory: RenderMemory;
  /**
   * Says which pixels this frame changes, so that the `copy` path copies only them;
   * call it for each changed rectangle, or not at all for the whole picture. Throws ERR_USAGE.
   */
  damaged(x: number, y: number, width: number, height: number): void;
  /** Aborted when the frame is given up: the loop stops, or the drawing took too long. */
  readonly signal: AbortSignal;
}

/** What `draw` may give back, and how a present is described otherwise. */
export interface DrawnFrame extends PresentOptions {
  /** A client's buffer, shown in place of the frame; see `Head.importDmabuf`. */
  readonly buffer?: ClientBuffer | undefined;
}

/** Nothing, or what belongs to the frame: its fence, a client's buffer in its place, who hears how it ended. */
export type DrawResult = DrawnFrame | void;
export type Draw = (frame: Frame) => DrawResult | Promise<DrawResult>;

/** The part of a scanout buffer that drawing needs. */
export interface Drawable {
  readonly layout: Pick<PictureLayout, 'width' | 'height' | 'stride'>;
  readonly drawnFd: number;
  readonly memory: RenderMemory;
  pixels(): Uint32Array;
  damaged(x: number, y: number, width: number, height: number): void;
  /** The CPU's drawing is over: its pixels are visible to the device. */
  endDraw(): void;
  /** The memory drawn into is not what is shown: `copy` brings it there. */
  readonly copies: boolean;
  copy(): void;
}

const bytesPerPixel = 4;

/** A slot seen as a frame. Made once a slot: a frame that draws at once allocates nothing. */
export class SlotFrame<B extends Drawable> implements Frame {
  readonly width: number;
  readonly height: number;
  readonly stridePixels: number;
  #abort: AbortController | undefined;
  #givenUp = false;
  #touched = false;

  constructor(readonly slot: Slot<B>) {
    const { width, height, stride } = slot.buffer.layout;
    this.width = width;
    this.height = height;
    this.stridePixels = stride / bytesPerPixel;
  }

  get number(): number {
    return this.slot.frame;
  }

  get age(): number {
    return this.slot.age;
  }

  get pixels(): Uint32Array {
    this.#touched = true;
    return this.slot.buffer.pixels();
  }

  get drawnFd(): number {
    this.#touched = true;
    return this.slot.buffer.drawnFd;
  }

  get memory(): RenderMemory {
    this.#touched = true;
    return this.slot.buffer.memory;
  }

  /** Whether its memory was asked for, and so may hold another picture now. */
  get touched(): boolean {
    return this.#touched;
  }

  get signal(): AbortSignal {
    if (this.#givenUp) return AbortSignal.abort();
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  damaged(x: number, y: number, width: number, height: number): void {
    checkRectangle(x, y, width, height);
    this.slot.buffer.damaged(x, y, width, height);
  }

  /** A new frame in this buffer, with a signal of its own. */
  begin(): void {
    this.#givenUp = false;
    this.#touched = false;
    this.#abort = undefined;
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#abort?.abort();
  }
}
