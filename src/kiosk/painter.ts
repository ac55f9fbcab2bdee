/** Draws a scene with the CPU: what of it changed, from the clients' buffers straight into a backbuffer. */
import { clipped, type Rectangle } from '../buffer/index.js';
import { addonLibraries, explainMissing } from '../ffi/index.js';
import type { PaintAddon } from '../native/paint.js';
import type { Frame } from '../loop/index.js';
import type { Pixels } from '../render/index.js';
import { identity, inTurn, moving, type Affine } from './affine.js';
import { coverMap, type Backdrop } from './backdrop.js';
import type { Content } from './content.js';
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';
import { exact, type Size } from './surface-state.js';
import { fills } from './visible.js';

/** As native/paint/painting.h has them. */
const headNumbers = 19;
const clipNumbers = 4;
/** Where the colour stands that is drawn where there is no picture. */
export const colourAt = 15;
const bytesPerPixel = 4;
const black = [0, 0, 0, 1] as const;

interface Drawing {
  readonly frame: Pick<Frame, 'width' | 'height' | 'stridePixels'>;
  readonly pixels: Uint32Array;
  readonly to: Rectangle;
  readonly clips: readonly Rectangle[];
}

export interface Stale {
  /** Whole pixels of the frame. */
  readonly parts: readonly Rectangle[];
  /** Where nothing is. */
  readonly background: Backdrop;
}

export class Painter {
  /** Throws ERR_LIBRARY_MISSING without libpixman. */
  constructor(private readonly native: PaintAddon) {
    const [pixel, drawing] = [new Uint32Array(1), { to: aPixel, clips: [aPixel] }];
    try {
      this.native.paint(pixel, numbersOf({ frame: aFrame, pixels: pixel, ...drawing }, plain), null);
    } catch (cause) {
      throw explainMissing(cause, addonLibraries.pixman);
    }
  }

  /** Draws what of the frame is stale; how many bytes of the clients' were copied. */
  paint(frame: Frame, nodes: readonly SceneNode[], placement: Placement, { parts, background }: Stale): number {
    const { pixels } = frame;
    for (const { x, y, width, height } of parts) frame.damaged(x, y, width, height);
    const whole = { x: 0, y: 0, width: frame.width, height: frame.height };
    const [lowest] = nodes;
    if (lowest === undefined || !fills(lowest, placement))
      this.#back({ frame, pixels, to: whole, clips: parts }, background, placement);
    let copied = 0;
    for (const node of nodes) {
      const box = placement.boxOf(node);
      // A client's surface may be far larger than what can be drawn.
      const to = common(box, whole);
      const clips = to === undefined ? [] : parts.flatMap((part) => common(part, to) ?? []);
      if (to === undefined || clips.length === 0) continue;
      const map = inTurn(moving(to.x - box.x, to.y - box.y), placement.toBuffer(node, box));
      copied += draw(node, map, { frame, pixels, to, clips });
    }
    return copied;
  }

  #back(drawing: Drawing, background: Backdrop, placement: Placement): void {
    if (typeof background === 'number') this.#fill(drawing, background);
    else this.#cover(drawing, background, coverMap(background, placement));
  }

  #cover(drawing: Drawing, { width, height, pixels }: Pixels, exactMap: Affine): void {
    const map = exact(exactMap);
    const numbers = numbersOf(drawing, { map, smooth: !isByPixels(map), blends: false });
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    this.native.paint(drawing.pixels, numbers, bytes, width, height, width * bytesPerPixel, false);
  }

  #fill(drawing: Drawing, colour: number): void {
    const numbers = numbersOf(drawing, plain);
    numbers.set(colourOf(colour), colourAt);
    this.native.paint(drawing.pixels, numbers, null);
  }
}

/** A content alone, in a picture of its own; `map` leads from its pixels to the content's. Undefined where that cannot be read. */
export function drawnAlone(content: Content, size: Size, map: Affine): Uint32Array | undefined {
  const pixels = new Uint32Array(size.width * size.height);
  return drawAlone(content, pixels, size, map) ? pixels : undefined;
}

/** A content as it is, row by row. False where it cannot be read. */
export function copyWhole(content: Content, pixels: Uint32Array): boolean {
  return drawAlone(content, pixels, content, identity);
}

/** Red, green, blue of 0xRRGGBB, and alpha; 0 to 1. */
export function colourOf(colour: number): readonly [number, number, number, number] {
  const channel = (shift: number) => ((colour >> shift) & 0xff) / 0xff;
  return [channel(16), channel(8), channel(0), 1];
}

function drawAlone(content: Content, pixels: Uint32Array, { width, height }: Size, map: Affine): boolean {
  const to = { x: 0, y: 0, width, height };
  const drawing = { frame: { width, height, stridePixels: width }, pixels, to, clips: [to] };
  const numbers = numbersOf(drawing, { map, smooth: !isByPixels(map), blends: false });
  return content.paint(pixels, numbers);
}

function draw(node: SceneNode, map: Affine, drawing: Drawing): number {
  const smooth = !isByPixels(map);
  const content = node.surface.current.content;
  const drawn = content?.paint(drawing.pixels, numbersOf(drawing, { map, smooth, blends: !isOpaque(node) }));
  if (drawn !== true) return 0;
  return drawing.clips.reduce((sum, { width, height }) => sum + width * height * bytesPerPixel, 0);
}

/** Each pixel is one of the buffer's, turned or not. */
export function isByPixels([a, b, c, d, e, f]: Affine): boolean {
  return (
    [a, b, c, d].every((value) => value === 0 || Math.abs(value) === 1) && Number.isInteger(e) && Number.isInteger(f)
  );
}

interface Look {
  readonly map: Affine;
  readonly smooth: boolean;
  readonly blends: boolean;
}

const plain: Look = { map: identity, smooth: false, blends: false };
const aPixel = { x: 0, y: 0, width: 1, height: 1 };
const aFrame = { width: 1, height: 1, stridePixels: 1 };

function numbersOf({ frame, to, clips }: Drawing, { map, smooth, blends }: Look): Float64Array {
  const numbers = new Float64Array(headNumbers + clips.length * clipNumbers);
  numbers.set([frame.width, frame.height, frame.stridePixels, to.x, to.y, to.width, to.height]);
  numbers.set([smooth ? 1 : 0, blends ? 1 : 0, ...map, ...black], 7);
  clips.forEach(({ x, y, width, height }, index) => {
    numbers.set([x, y, width, height], headNumbers + index * clipNumbers);
  });
  return numbers;
}

export function common(one: Rectangle, other: Rectangle): Rectangle | undefined {
  const part = clipped({ ...one, x: one.x - other.x, y: one.y - other.y }, other.width, other.height);
  return part === undefined ? undefined : { ...part, x: part.x + other.x, y: part.y + other.y };
}
