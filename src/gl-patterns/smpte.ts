/**
 * SMPTE's colour bars (EG 1-1990) with a caption:
 *
 *     ┌────┬────┬────┬────┬────┬────┬────┐ 0
 *     │75 %│    │    │    │    │    │    │   white yellow cyan green magenta red blue
 *     │    │    │  caption     │    │    │
 *     ├────┼────┼────┼────┼────┼────┼────┤ 2/3
 *     │    │    │    │    │    │    │    │   blue black magenta black cyan black white
 *     ├────┴┬───┴─┬──┴──┬─┴───┬┴─┬─┬┼────┤ 3/4
 *     │ -I  │100 %│ +Q  │black│  │ ││    │   and PLUGE: 3.5 % below black, black, 3.5 % above (clipped at 0)
 *     └─────┴─────┴─────┴─────┴──┴─┴┴────┘ 1
 */
import type { Rectangle } from '../buffer/index.js';
import type { Gl, Layer } from '../gl/index.js';
import { codeHeight, type Stripe } from '../render/index.js';
import { colourOf, stripeBox, type Captions, type GlPattern, type Size } from './pattern.js';
import { Text } from './text.js';

const upper = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf];
const middle = [0x0000bf, 0x131313, 0xbf00bf, 0x131313, 0x00bfbf, 0x131313, 0xbfbfbf];
/** Of the lowest row, in 1/84 of the width; -I and +Q as of Rec. 601 in RGB, the PLUGE in a seventh's thirds. */
const lower = [
  [0, 0x00214c],
  [15, 0xffffff],
  [30, 0x32006a],
  [45, 0x131313],
  [60, 0x090909],
  [64, 0x131313],
  [68, 0x1d1d1d],
  [72, 0x131313],
] as const;
const parts = 84;
const columns = 46;
const captionLines = 4;

export async function createSmpte(gl: Gl, captions: () => Captions): Promise<GlPattern> {
  const text = await Text.create(gl, columns, captionLines);
  let bars: { readonly size: Size; readonly layers: readonly Layer[] } | undefined;
  const barsOf = ({ width, height }: Size) => {
    if (bars?.size.width !== width || bars.size.height !== height)
      bars = { size: { width, height }, layers: barLayers({ width, height }) };
    return bars.layers;
  };
  return {
    coded: true,
    layers: (size, frame) => [...barsOf(size), ...captionLayers(text, size, captionOf(frame, captions()))],
    changes: (size) => [captionBox(size, columns, captionLines)],
    close: () => {
      text.close();
    },
  };
}

/** The bar codes lie over the uppermost and the lowest rows. One layer a colour: none lies over another. */
function barLayers({ width, height }: Size): Layer[] {
  const [second, third] = [Math.floor((height * 2) / 3), Math.floor((height * 3) / 4)];
  const boxes = new Map<number, Rectangle[]>();
  const put = (top: number, bottom: number) => (stripe: Stripe) => {
    const { colour } = stripe;
    boxes.set(colour, [...(boxes.get(colour) ?? []), stripeBox(stripe, top, bottom)]);
  };
  sevenths(width, upper).forEach(put(0, second));
  sevenths(width, middle).forEach(put(second, third));
  lowerStripes(width).forEach(put(third, height));
  return [...boxes].map(([colour, to]) => ({ colour: colourOf(colour), to }));
}

function sevenths(width: number, colours: readonly number[]): Stripe[] {
  const start = (index: number) => Math.floor((index * width) / colours.length);
  return colours.map((colour, index) => ({ left: start(index), right: start(index + 1), colour }));
}

function lowerStripes(width: number): Stripe[] {
  const start = (index: number) => Math.floor(((lower[index]?.[0] ?? parts) * width) / parts);
  return lower.map(([, colour], index) => ({ left: start(index), right: start(index + 1), colour }));
}

function captionOf(frame: number, { refreshHz, path, devices }: Captions): string[] {
  return [`frame ${frame}`, `${refreshHz.toFixed(2)} Hz`, `path ${path}`, devices];
}

/** On black, so wide as the longest line, in the middle of the upper bars. */
function captionLayers(text: Text, size: Size, lines: readonly string[]): Layer[] {
  const longest = Math.min(columns, Math.max(...lines.map((line) => line.length)));
  const box = captionBox(size, longest, lines.length);
  const scale = scaleIn(size);
  const black: Layer = { colour: [0, 0, 0, 1], to: box };
  return [black, text.layer(lines, box.x + 3 * scale, box.y + 3 * scale, scale)];
}

/** Not wider than the picture. */
function captionBox(size: Size, characters: number, lines: number): Rectangle {
  const scale = scaleIn(size);
  const width = Math.min(size.width, (characters * 6 + 6) * scale);
  const height = (lines * 9 + 5) * scale;
  const x = Math.floor((size.width - width) / 2);
  const y = Math.max(codeHeight(size.height), Math.floor(size.height / 3 - height / 2));
  return { x, y, width, height };
}

function scaleIn({ width }: Size): number {
  return Math.max(1, Math.floor(width / (columns * 6)));
}
