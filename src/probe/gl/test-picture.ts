/** A picture whose every pixel is known, and which way up it is: four quarters in four colours. */
import type { Colour, Scene } from '../../gl/index.js';

/** XRGB8888 without the X, clockwise from the upper left; each channel a multiple of 1/5, which 8 bits hold exactly. */
const quarters = [0xff3300, 0x00ff66, 0x3366ff, 0xffcc00] as const;

export function pictureScene(width: number, height: number): Scene {
  const [w, h] = [width / 2, height / 2];
  const places = [
    { x: 0, y: 0 },
    { x: w, y: 0 },
    { x: w, y: h },
    { x: 0, y: h },
  ];
  return {
    layers: places.map((place, index) => ({
      to: { ...place, width: w, height: h },
      colour: colourOf(quarters[index] ?? 0),
    })),
  };
}

/** How many of the pixels are others; `stride` in pixels. */
export function countWrong(pixels: Uint32Array, stride: number, width: number, height: number): number {
  let wrong = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isLeft = x < width / 2;
      const quarter = y < height / 2 ? (isLeft ? 0 : 1) : isLeft ? 3 : 2;
      if (((pixels[y * stride + x] ?? 0) & 0xffffff) !== quarters[quarter]) wrong++;
    }
  return wrong;
}

function colourOf(rgb: number): Colour {
  return [(rgb >> 16) / 255, ((rgb >> 8) & 0xff) / 255, (rgb & 0xff) / 255, 1];
}
