/**
 * The `counter` pattern: every row of it says which frame it belongs to.
 *
 *     ┌──────────────────────────────┐ 0
 *     │ bar code of the frame number │
 *     ├────┬────┬────┬─█──┬────┬─────┤ codeHeight
 *     │    │    │    │ █  │    │     │
 *     │   colour bars  █  │    │     │
 *     │    │    │    │ █  │    │     │   the moving bar, at the frame's place
 *     ├────┴────┴────┴─█──┴────┴─────┤ height - codeHeight
 *     │ bar code of the frame number │
 *     └──────────────────────────────┘ height
 */
import { codeHeight, drawCode } from './bar-code.js';
import { fillColourBars } from './colour-bars.js';
import { MovingBar } from './moving-bar.js';
import { checkDraw, type Pattern } from './pattern.js';
import type { Picture } from './picture.js';

/** Narrow, because it costs two short writes in each row of each frame; a step is its width. */
export const counterBar = new MovingBar(256);

export function createCounter(): Pattern {
  return { name: 'counter', draw };
}

function draw(picture: Picture, frame: number, age: number): void {
  checkDraw(picture, frame, age);
  const previous = age === 0 ? undefined : frame - age;
  drawCode(picture, 'top', frame, previous);
  drawMiddle(picture, frame, previous);
  drawCode(picture, 'bottom', frame, previous);
}

function drawMiddle(picture: Picture, frame: number, previous: number | undefined): void {
  const top = codeHeight(picture.height);
  const bottom = picture.height - top;
  if (previous === undefined) {
    fillColourBars(picture, 0, picture.width, top, bottom);
    counterBar.draw(picture, top, bottom, frame);
  } else {
    counterBar.move(picture, top, bottom, previous, frame);
  }
}
