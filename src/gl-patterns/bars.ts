/** The CPU's own patterns, drawn by the GPU to the same pixel. */
import type { Rectangle } from '../buffer/index.js';
import type { Layer } from '../gl/index.js';
import { barsBar, codeHeight, colourBars, counterBar } from '../render/index.js';
import { stripeLayer, type GlPattern, type Size } from './pattern.js';

export function createGlBars(): GlPattern {
  return {
    coded: false,
    layers: (size, frame) => barLayers(size, frame, barsBar, 0),
    changes: (size, ...frames) => frames.map((frame) => movingBar(size, frame, barsBar)),
    close: () => undefined,
  };
}

/** The same as the CPU's, so that the same judge looks at its captures. */
export function createGlCounter(): GlPattern {
  return {
    coded: true,
    layers: (size, frame) => barLayers(size, frame, counterBar, codeHeight(size.height)),
    changes: (size, ...frames) => frames.map((frame) => movingBar(size, frame, counterBar)),
    close: () => undefined,
  };
}

/** The bars lie `inset` rows from above and below. */
function barLayers({ width, height }: Size, frame: number, bar: typeof barsBar, inset: number): Layer[] {
  const stripes = [...colourBars(width), bar.stripeIn(width, frame)];
  return stripes.map((stripe) => stripeLayer(stripe, inset, height - inset));
}

function movingBar({ width, height }: Size, frame: number, bar: typeof barsBar): Rectangle {
  const { left, right } = bar.stripeIn(width, frame);
  return { x: left, y: 0, width: right - left, height };
}
