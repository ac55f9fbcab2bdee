/** What a scene should look like, drawn pixel by pixel in double precision: the same rules as the GPU's, by another way. */
import type { AlphaMode, Box, Colour, Filter, Transform } from '../../../src/gl/index.js';
import type { Rectangle } from '../../../src/buffer/index.js';
import type { Raster } from './raster.js';

export interface DrawnColour {
  readonly colour: Colour;
  readonly to: Box;
  readonly opacity?: number | undefined;
}

export interface DrawnRaster {
  readonly raster: Raster;
  readonly to: Box;
  readonly from?: Box | undefined;
  readonly transform?: Transform | undefined;
  readonly filter?: Filter | undefined;
  readonly alpha?: AlphaMode | undefined;
  readonly opacity?: number | undefined;
}

export type Drawing = DrawnColour | DrawnRaster;

export interface Expected extends Raster {
  /** 1 where a centre lies so near to an edge that a GPU's own precision decides: such a pixel says nothing. */
  readonly unsure: Uint8Array;
  /** Levels that a GPU may be off: one for each layer from the highest opaque one on, for each result is rounded. */
  readonly most: Uint8Array;
}

/** Pixels, or texels: GPUs place edges on a grid of 1/256, and some of 1/16. */
const near = 1 / 32;
const black: Colour = [0, 0, 0, 1];

/** `before` is what the target holds, for where `damage` leaves it alone. */
export function drawn(
  before: Raster,
  drawings: readonly Drawing[],
  { background = black, damage }: { background?: Colour; damage?: readonly Rectangle[] } = {},
): Expected {
  const { width, height } = before;
  const rgba = before.rgba.slice();
  const unsure = new Uint8Array(width * height);
  const most = new Uint8Array(width * height).fill(1);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (damage !== undefined && !damage.some((rectangle) => holds(rectangle, x, y))) continue;
      const { levels, isUnsure, mixed } = pixel(drawings, background, x + 0.5, y + 0.5);
      rgba.set(levels, (y * width + x) * 4);
      unsure[y * width + x] = isUnsure ? 1 : 0;
      most[y * width + x] = Math.max(1, mixed);
    }
  return { width, height, rgba, unsure, most };
}

function holds({ x: left, y: top, width, height }: Rectangle, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}

/** A target has 8 bits a channel: each layer is rounded as it is blended. */
function pixel(drawings: readonly Drawing[], background: Colour, x: number, y: number) {
  let levels = background.map(toLevel);
  let isUnsure = false;
  let mixed = 0;
  for (const drawing of drawings) {
    isUnsure ||= isNearEdge(drawing.to, x, y);
    if (!covers(drawing.to, x, y)) continue;
    const source = 'colour' in drawing ? { colour: [...drawing.colour], isUnsure: false } : sampled(drawing, x, y);
    isUnsure ||= source.isUnsure;
    const [red = 0, green = 0, blue = 0, alpha = 0] = source.colour.map((part) => part * (drawing.opacity ?? 1));
    mixed = alpha === 1 ? 1 : mixed + 1;
    levels = [red, green, blue, alpha].map((part, channel) => toLevel(part + (levels[channel]! / 255) * (1 - alpha)));
  }
  return { levels, isUnsure, mixed };
}

function toLevel(part: number): number {
  return Math.round(Math.min(1, Math.max(0, part)) * 255);
}

function covers({ x, y, width, height }: Box, px: number, py: number): boolean {
  return px >= x && px < x + width && py >= y && py < y + height;
}

function isNearEdge({ x, y, width, height }: Box, px: number, py: number): boolean {
  const isNear = (edge: number, at: number) => Math.abs(edge - at) < near;
  return isNear(x, px) || isNear(x + width, px) || isNear(y, py) || isNear(y + height, py);
}

/** Red, green, blue and alpha from 0 to 1, premultiplied. */
function sampled(drawing: DrawnRaster, x: number, y: number): { colour: number[]; isUnsure: boolean } {
  const { raster, to, transform = 'normal', filter = 'linear', alpha: mode = 'premultiplied' } = drawing;
  const from = drawing.from ?? { x: 0, y: 0, width: raster.width, height: raster.height };
  const [s, t] = inBuffer(transform, (x - to.x) / to.width, (y - to.y) / to.height);
  const [px, py] = [from.x + s * from.width, from.y + t * from.height];
  const texel = filter === 'nearest' ? nearest(raster, from, px, py) : linear(raster, from, px, py);
  const [red = 0, green = 0, blue = 0, own = 0] = texel;
  const alpha = mode === 'opaque' ? 1 : own;
  const factor = mode === 'straight' ? alpha : 1;
  const isUnsure = filter === 'nearest' && (isNearWhole(px) || isNearWhole(py));
  return { colour: [red * factor, green * factor, blue * factor, alpha], isUnsure };
}

/** wl_output's words: flipped around a vertical axis, then turned by so many degrees counter-clockwise. */
function inBuffer(transform: Transform, u: number, v: number): [s: number, t: number] {
  let [x, y] = [u - 0.5, v - 0.5];
  if (transform.startsWith('flipped')) x = -x;
  const degrees = Number(/\d+/.exec(transform)?.[0] ?? 0);
  for (let turned = 0; turned < degrees; turned += 90) [x, y] = [y, -x]; // to the right becomes up
  return [x + 0.5, y + 0.5];
}

function isNearWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < near;
}

function nearest(raster: Raster, from: Box, x: number, y: number): number[] {
  const within = (at: number, start: number, size: number) =>
    clamp(Math.floor(at), Math.floor(start), Math.ceil(start + size) - 1);
  return texelAt(raster, within(x, from.x, from.width), within(y, from.y, from.height));
}

/** Never mixes in what lies outside the rectangle. */
function linear(raster: Raster, from: Box, x: number, y: number): number[] {
  const within = (at: number, start: number, size: number) => {
    const inset = Math.min(0.5, size / 2);
    return clamp(at, start + inset, start + size - inset) - 0.5;
  };
  const [px, py] = [within(x, from.x, from.width), within(y, from.y, from.height)];
  const [left, top] = [Math.floor(px), Math.floor(py)];
  const mix = (one: number[], other: number[], part: number) =>
    one.map((value, channel) => value * (1 - part) + other[channel]! * part);
  const row = (at: number) => mix(texelAt(raster, left, at), texelAt(raster, left + 1, at), px - left);
  return mix(row(top), row(top + 1), py - top);
}

function texelAt({ width, height, rgba }: Raster, x: number, y: number): number[] {
  const at = (clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)) * 4;
  return Array.from(rgba.subarray(at, at + 4), (level) => level / 255);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
