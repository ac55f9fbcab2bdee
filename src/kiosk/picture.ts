/** What a surface shows, in memory of our own: a client's buffer is read once and given back at once. */
import type { Box } from './region.js';
import type { ShmBuffer } from './shm-buffer.js';

const bytesPerPixel = 4;

export class Picture {
  readonly bytes: Uint8Array;
  readonly strideBytes: number;

  constructor(
    /** Pixels. */
    readonly width: number,
    readonly height: number,
  ) {
    this.strideBytes = width * bytesPerPixel;
    this.bytes = new Uint8Array(this.strideBytes * height);
  }

  /** Takes over what changed; undefined = all of it. How many bytes that were. */
  read(buffer: ShmBuffer, damage: readonly Box[] | undefined): number {
    let copied = 0;
    for (const box of damage ?? [{ x: 0, y: 0, width: this.width, height: this.height }]) {
      const part = clipped(box, this.width, this.height);
      if (part === undefined || !buffer.read(this, part)) continue;
      copied += part.width * part.height * bytesPerPixel;
    }
    return copied;
  }

  /** Copies a part of it into `pixels`, whose rows are `stride` pixels apart, moved by `left` and `top`. */
  draw(pixels: Uint32Array, stride: number, { x, y, width, height }: Box, left: number, top: number): void {
    const own = new Uint32Array(this.bytes.buffer);
    for (let row = y; row < y + height; row++) {
      const from = row * this.width + x;
      pixels.set(own.subarray(from, from + width), (row + top) * stride + x + left);
    }
  }
}

/** The part of a box inside of a picture; undefined for none. A client's numbers may be anything of 32 bits. */
export function clipped(box: Box, width: number, height: number): Box | undefined {
  const [x, y] = [Math.max(box.x, 0), Math.max(box.y, 0)];
  const right = Math.min(box.x + box.width, width);
  const bottom = Math.min(box.y + box.height, height);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : undefined;
}
