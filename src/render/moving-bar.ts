/** A white vertical bar that goes from left to right over the colour bars and starts again. */
import type { Stripe } from './bar-code.js';
import { fillColourBars } from './colour-bars.js';
import { fillRectangle, white, type Picture } from './picture.js';

// A sweep takes about this many frames at any width: 4 s at 60 Hz.
const stepsPerSweep = 256;

export class MovingBar {
  /** `share`: the bar is the picture's width divided by this, at least one pixel. */
  constructor(private readonly share: number) {}

  /** Pixels. */
  widthIn(pictureWidth: number): number {
    return Math.max(1, Math.floor(pictureWidth / this.share));
  }

  /** How many places the bar has; frame n is at place n (modulo 2^32) modulo this. */
  placesIn(pictureWidth: number): number {
    return Math.floor((pictureWidth - this.widthIn(pictureWidth)) / stepIn(pictureWidth)) + 1;
  }

  /** The bar's left column in a frame; the bar never leaves the picture, so it is one piece. */
  columnIn(pictureWidth: number, frame: number): number {
    return ((frame >>> 0) % this.placesIn(pictureWidth)) * stepIn(pictureWidth);
  }

  /** The bar in a frame, for who draws rectangles. */
  stripeIn(pictureWidth: number, frame: number): Stripe {
    const left = this.columnIn(pictureWidth, frame);
    return { left, right: left + this.widthIn(pictureWidth), colour: white };
  }

  draw(picture: Picture, top: number, bottom: number, frame: number): void {
    const column = this.columnIn(picture.width, frame);
    fillRectangle(picture, column, column + this.widthIn(picture.width), top, bottom, white);
  }

  /** Restores what frame `from` covered and covers what frame `to` does, leaving out what both cover. */
  move(picture: Picture, top: number, bottom: number, from: number, to: number): void {
    const width = this.widthIn(picture.width);
    const old = this.columnIn(picture.width, from);
    const now = this.columnIn(picture.width, to);
    if (now > old) {
      fillColourBars(picture, old, Math.min(old + width, now), top, bottom);
      fillRectangle(picture, Math.max(now, old + width), now + width, top, bottom, white);
    } else {
      fillColourBars(picture, Math.max(old, now + width), old + width, top, bottom);
      fillRectangle(picture, now, Math.min(now + width, old), top, bottom, white);
    }
  }
}

/** Pixels from one place to the next. */
function stepIn(pictureWidth: number): number {
  return Math.max(1, Math.floor(pictureWidth / stepsPerSweep));
}
