/** The `bars` pattern: for people to look at. */
import { fillColourBars } from './colour-bars.js';
import { MovingBar } from './moving-bar.js';
import { checkDraw, type Pattern } from './pattern.js';
import type { Picture } from './picture.js';

// Wide enough to follow by eye across a room.
export const barsBar = new MovingBar(32);

export function createBars(): Pattern {
  return { name: 'bars', draw };
}

function draw(picture: Picture, frame: number, age: number): void {
  checkDraw(picture, frame, age);
  const { width, height } = picture;
  if (age === 0) {
    fillColourBars(picture, 0, width, 0, height);
    barsBar.draw(picture, 0, height, frame);
  } else {
    barsBar.move(picture, 0, height, frame - age, frame);
  }
}
