/** Pictures that the tests draw from, as bytes that a program on the CPU can look at as well. */
import { Random } from '../../support/random.js';

/** Rows of red, green, blue and alpha, a byte each; the uppermost first. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * Waves with a little noise. Neighbours differ by less than a sixth of the range, because a GPU's linear filter has weights of
 * 8 bits or so: between black and white its error would be a level and more. `isPremultiplied` keeps colours at or below alpha.
 */
export function waves(width: number, height: number, seed: number, isPremultiplied = true): Raster {
  const random = new Random(seed);
  const phases = Array.from({ length: 4 }, () => random.whole(0, 628) / 100);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const levels = phases.map((phase, channel) => {
        const wave = Math.sin(0.2 * x + (0.1 + channel * 0.03) * y + phase);
        return 127 + 95 * wave + random.whole(-6, 6);
      });
      const alpha = levels[3]!;
      const colours = levels.slice(0, 3).map((level) => (isPremultiplied ? (level * alpha) / 255 : level));
      rgba.set([...colours, alpha].map(Math.round), (y * width + x) * 4);
    }
  return { width, height, rgba };
}

/** As 32-bit pixels, blue lowest: ARGB8888. */
export function argbOf({ rgba }: Raster): Uint32Array {
  return Uint32Array.from({ length: rgba.length / 4 }, (_, pixel) => {
    const [red, green, blue, alpha] = rgba.subarray(pixel * 4, pixel * 4 + 4);
    return ((alpha! << 24) | (red! << 16) | (green! << 8) | blue!) >>> 0;
  });
}

/** As 32-bit pixels, red lowest: ABGR8888. */
export function abgrOf({ rgba }: Raster): Uint32Array {
  return new Uint32Array(rgba.slice().buffer);
}
