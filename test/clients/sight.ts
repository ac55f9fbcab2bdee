/** What the host's pictures of a client are judged by. */
import { colourAt, type Capture } from '../../src/render/index.js';

export interface Sight {
  readonly what: string;
  /** `before`: the picture of before somebody did something to the client. */
  readonly holds: (picture: Capture, before: Capture | undefined) => boolean;
}

/** Of the kiosk, where nothing of a client's is. */
export const background = 0x123456;

/** So much of the head has that colour; `off`: by how much each part of it may differ, as a film's does. */
export function filledWith(colour: number, share = 0.5, off = 0): Sight {
  return {
    what: `${Math.round(share * 100)} % of ${colour.toString(16).padStart(6, '0')}`,
    holds: (picture) =>
      count(picture, (pixel) => isNear(colourAt(picture, pixel), colour, off)) >= share * pixelsOf(picture),
  };
}

/** What is not the background is so large, and in the middle unless it is said where. */
export function ofSize(width: number, height: number, corner?: readonly [x: number, y: number]): Sight {
  return {
    what: `${width}x${height} pixels of its own`,
    holds: (picture) => {
      const [left, top, right, bottom] = boxOf(picture);
      const [x, y] = corner ?? [Math.floor((picture.width - width) / 2), Math.floor((picture.height - height) / 2)];
      return left === x && top === y && right - left === width && bottom - top === height;
    },
  };
}

/** All of the head is the client's, and not in one colour. */
export const full: Sight = {
  what: 'a picture that fills the head',
  holds: (picture) => {
    const [left, top, right, bottom] = boxOf(picture);
    const isWhole = left === 0 && top === 0 && right === picture.width && bottom === picture.height;
    return isWhole && count(picture, (pixel) => colourAt(picture, pixel) !== colourAt(picture, 0)) > 0;
  },
};

/** So many pixels at least are others than before. */
export function another(pixels = 100): Sight {
  return {
    what: 'another picture',
    holds: (picture, before) =>
      before !== undefined && count(picture, (pixel) => colourAt(picture, pixel) !== colourAt(before, pixel)) >= pixels,
  };
}

function isNear(one: number, other: number, off: number): boolean {
  return [16, 8, 0].every((shift) => Math.abs(((one >> shift) & 255) - ((other >> shift) & 255)) <= off);
}

function pixelsOf({ width, height }: Capture): number {
  return width * height;
}

function count(picture: Capture, holds: (pixel: number) => boolean): number {
  let found = 0;
  for (let pixel = 0; pixel < pixelsOf(picture); pixel++) if (holds(pixel)) found++;
  return found;
}

/** Around all that is not the background: where it begins, and where it has ended. */
function boxOf(picture: Capture): [left: number, top: number, right: number, bottom: number] {
  const box: [number, number, number, number] = [picture.width, picture.height, 0, 0];
  for (let pixel = 0; pixel < pixelsOf(picture); pixel++) {
    if (colourAt(picture, pixel) === background) continue;
    const [x, y] = [pixel % picture.width, Math.floor(pixel / picture.width)];
    [box[0], box[1]] = [Math.min(box[0], x), Math.min(box[1], y)];
    [box[2], box[3]] = [Math.max(box[2], x + 1), Math.max(box[3], y + 1)];
  }
  return box;
}
