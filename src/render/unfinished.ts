/** What the GPU's work on a frame leaves where the content has not been drawn over it yet. */
import { colourAt, type Capture } from './capture.js';

/** `0xRRGGBB`; no pattern has as much as a row of eight such pixels. */
export const unfinishedColours = [0xff0099, 0x33ff00] as const;

/** Pixels of one colour in a row, by which it is known. */
const run = 8;

/** The first pixel of such a run, in reading order; undefined where there is none. */
export function findUnfinished(capture: Capture): { readonly x: number; readonly y: number } | undefined {
  const { width, height } = capture;
  for (let y = 0; y < height; y++) {
    let [last, length] = [-1, 0];
    for (let x = 0; x < width; x++) {
      const colour = colourAt(capture, y * width + x);
      length = colour === last ? length + 1 : 1;
      last = colour;
      if (length === run && (colour === unfinishedColours[0] || colour === unfinishedColours[1]))
        return { x: x - run + 1, y };
    }
  }
  return undefined;
}
