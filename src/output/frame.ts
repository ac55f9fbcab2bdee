/** What `draw` gets: one backbuffer, for the time of one frame. */
import type { PictureLayout, Slot } from '../buffer/index.js';

export interface Frame {
  /** Counts from 0; a frame that was given up leaves a gap. */
  readonly number: number;
  /** How many frames ago this buffer's contents were drawn; 0 = unknown, draw everything. */
  readonly age: number;
  readonly width: number;
  readonly height: number;
  /** Pixels (not bytes) from one row to the next. */
  readonly stride: number;
  /** XRGB8888 pixels for CPU drawing; call only when you draw with the CPU. */
  readonly pixels: Uint32Array;
  /**
   * Says which pixels this frame changes, so that the `copy` path copies only them;
   * call it for each changed rectangle, or not at all for the whole picture.
   */
  damaged(x: number, y: number, width: number, height: number): void;
  /** Aborted when the loop stops. */
  readonly signal: AbortSignal;
}

/** Nothing, or a sync_file fd that signals when rendering is done; the loop then owns and closes it. */
export type DrawResult = number | void;
export type Draw = (frame: Frame) => DrawResult | Promise<DrawResult>;

/** The part of a scanout buffer that drawing needs. */
export interface Drawable {
  readonly layout: Pick<PictureLayout, 'width' | 'height' | 'stride'>;
  pixels(): Uint32Array;
  damaged(x: number, y: number, width: number, height: number): void;
  endDraw(): void;
}

const bytesPerPixel = 4;

/** A slot seen as a frame. Made once a slot: a frame allocates nothing. */
export class SlotFrame<B extends Drawable> implements Frame {
  readonly width: number;
  readonly height: number;
  readonly stride: number;

  constructor(
    private readonly slot: Slot<B>,
    readonly signal: AbortSignal,
  ) {
    const { width, height, stride } = slot.buffer.layout;
    this.width = width;
    this.height = height;
    this.stride = stride / bytesPerPixel;
  }

  get number(): number {
    return this.slot.frame;
  }

  get age(): number {
    return this.slot.age;
  }

  damaged(x: number, y: number, width: number, height: number): void {
    this.slot.buffer.damaged(x, y, width, height);
  }

  get pixels(): Uint32Array {
    return this.slot.buffer.pixels();
  }
}
