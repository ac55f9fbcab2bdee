/** The bar codes of a frame's number, as `render/bar-code.ts` has them, drawn by the GPU. */
import type { Rectangle } from '../buffer/index.js';
import type { Layer } from '../gl/index.js';
import { black, blackStripes, codeHeight, codeTop, white } from '../render/index.js';
import { colourOf, stripeBox, type Size } from './pattern.js';

const edges = ['top', 'bottom'] as const;

/** Drawn last: a picture that shows them is finished, or torn where it is not. */
export function codeLayers(size: Size, frame: number): Layer[] {
  return [
    { colour: colourOf(white), to: codeRows(size) },
    { colour: colourOf(black), to: edges.flatMap((edge) => blackBoxes(size, edge, frame)) },
  ];
}

/** Where they are. */
export function codeRows({ width, height }: Size): Rectangle[] {
  return edges.map((edge) => ({ x: 0, y: codeTop(height, edge), width, height: codeHeight(height) }));
}

function blackBoxes({ width, height }: Size, edge: (typeof edges)[number], frame: number): Rectangle[] {
  const top = codeTop(height, edge);
  return blackStripes(width, edge, frame).map((stripe) => stripeBox(stripe, top, top + codeHeight(height)));
}
