/** What a pattern of the render GPU is. */
import type { Rectangle } from '../buffer/index.js';
import type { Colour, Layer } from '../gl/index.js';
import type { PatternName, Stripe } from '../render/index.js';
import type { glPatternNames } from './choices.js';

export type GlPatternName = PatternName | (typeof glPatternNames)[number];

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a pattern's text tells of the run. */
export interface Captions {
  /** The mode's, Hz. */
  readonly refreshHz: number;
  readonly path: string;
  /** In one line: from which device to which. */
  readonly devices: string;
}

export interface GlPattern {
  /** Whether the frame's number is drawn over it as bar codes, above and below, which a capture is judged by. */
  readonly coded: boolean;
  /** The lowest first. `seconds`: since the first frame. */
  layers(size: Size, frame: number, seconds: number): readonly Layer[];
  /** Where frame `frame` differs from frame `previous`, the bar codes left out; without it, everywhere. */
  changes?(size: Size, previous: number, frame: number): readonly Rectangle[];
  /** Gives what it has on the GPU back. */
  close(): void;
}

/** Columns of one colour between two rows, the lower one exclusive. */
export function stripeLayer(stripe: Stripe, top: number, bottom: number): Layer {
  return { colour: colourOf(stripe.colour), to: stripeBox(stripe, top, bottom) };
}

export function stripeBox({ left, right }: Stripe, top: number, bottom: number): Rectangle {
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Of 0xRRGGBB. Exact: GL rounds n/255 to n. */
export function colourOf(colour: number): Colour {
  const channel = (shift: number) => ((colour >> shift) & 0xff) / 0xff;
  return [channel(16), channel(8), channel(0), 1];
}
