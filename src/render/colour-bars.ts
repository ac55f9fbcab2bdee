/** The eight colour bars. */
import type { Stripe } from './bar-code.js';
import { fillRectangle, type Picture } from './picture.js';

/**
 * White, yellow, cyan, green, magenta, red, blue, black at 75 % (75/0/75/0 in the notation of
 * ITU-R BT.471-1; 0.75 × 255 = 191). At 75 % no bar has the white of the moving bar.
 */
const colours = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf, 0x000000] as const;

/** Fills the part of the colour bars that lies in the rectangle; both ends are exclusive. */
export function fillColourBars(picture: Picture, left: number, right: number, top: number, bottom: number): void {
  for (let bar = 0; bar < colours.length; bar++) {
    const from = Math.max(left, barStart(picture.width, bar));
    const to = Math.min(right, barStart(picture.width, bar + 1));
    if (from < to) fillRectangle(picture, from, to, top, bottom, colours[bar] ?? 0);
  }
}

/** The bars of a whole picture, for who draws rectangles. */
export function colourBars(pictureWidth: number): Stripe[] {
  return colours.map((colour, bar) => ({
    left: barStart(pictureWidth, bar),
    right: barStart(pictureWidth, bar + 1),
    colour,
  }));
}

function barStart(width: number, bar: number): number {
  return Math.floor((bar * width) / colours.length);
}
