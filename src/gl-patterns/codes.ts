/** The bar codes of a frame's number, as `render/bar-code.ts` has them, drawn by the GPU. */
import type { Rectangle } from '../buffer/index.js';
import type { Layer } from '../gl/index.js';
import { codeHeight, codeStripes, codeTop } from '../render/index.js';
import { stripeLayer, type Size } from './pattern.js';

/** Drawn last: a picture that shows them is finished, or torn where it is not. */
export function codeLayers({ width, height }: Size, frame: number): Layer[] {
  return (['top', 'bottom'] as const).flatMap((edge) => {
    const top = codeTop(height, edge);
    return codeStripes(width, edge, frame).map((stripe) => stripeLayer(stripe, top, top + codeHeight(height)));
  });
}

/** Where they are. */
export function codeRows({ width, height }: Size): Rectangle[] {
  return (['top', 'bottom'] as const).map((edge) => ({
    ...{ x: 0, y: codeTop(height, edge) },
    ...{ width, height: codeHeight(height) },
  }));
}
