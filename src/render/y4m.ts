/**
 * Pictures as a YUV4MPEG2 film, uncompressed: what ffmpeg, GStreamer (`y4mdec`) and mpv read from a pipe. 4:2:0, each colour
 * sample in the middle of its four pixels (`C420jpeg`), limited range: BT.709 from 720 rows on, BT.601 below, as players
 * take it where a film does not say, and this format cannot.
 */
import type { Capture } from './capture.js';

const hdRows = 720;

/** Weights of red and blue in brightness; green has the rest. */
const bt601 = { red: 0.299, blue: 0.114 };
const bt709 = { red: 0.2126, blue: 0.0722 };

/** Fixed point: so many bits behind the point. */
const bits = 16;

/** `framesPerSecond`: a whole number. */
export function y4mHeader(width: number, height: number, framesPerSecond: number): Buffer {
  return Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n`);
}

const frameStart = Buffer.from('FRAME\n');

/** One frame of the film. A picture of another size than the film's is cut, or has black on its right and below. */
export function y4mFrame(picture: Capture, width: number, height: number): Buffer {
  const capture = fitted(picture, width, height);
  const [halfWidth, halfHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const [luma, chroma] = [width * height, halfWidth * halfHeight];
  const frame = Buffer.allocUnsafe(frameStart.length + luma + 2 * chroma);
  frame.set(frameStart);
  const weights = weightsOf(height);
  writeLuma(capture, weights, frame.subarray(frameStart.length));
  writeChroma(capture, weights, frame.subarray(frameStart.length + luma), chroma);
  return frame;
}

function fitted(picture: Capture, width: number, height: number): Capture {
  if (picture.width === width && picture.height === height) return picture;
  const rgb = new Uint8Array(width * height * 3);
  const bytes = Math.min(width, picture.width) * 3;
  for (let y = 0; y < Math.min(height, picture.height); y++) {
    const from = y * picture.width * 3;
    rgb.set(picture.rgb.subarray(from, from + bytes), y * width * 3);
  }
  return { width, height, rgb };
}

type Weights = ReturnType<typeof weightsOf>;

/** Of ITU-R BT.601 or BT.709: Y' takes 16 to 235, Cb and Cr 16 to 240. */
function weightsOf(height: number) {
  const { red, blue } = height >= hdRows ? bt709 : bt601;
  const green = 1 - red - blue;
  const fixed = (weight: number) => Math.round(weight * 2 ** bits);
  const [y, c] = [219 / 255, 224 / 255];
  const [cb, cr] = [c / (2 * (1 - blue)), c / (2 * (1 - red))];
  return {
    y: [fixed(red * y), fixed(green * y), fixed(blue * y)] as const,
    cb: [fixed(-red * cb), fixed(-green * cb), fixed((1 - blue) * cb)] as const,
    cr: [fixed((1 - red) * cr), fixed(-green * cr), fixed(-blue * cr)] as const,
  };
}

function writeLuma({ rgb }: Capture, { y: [red, green, blue] }: Weights, to: Buffer): void {
  const offset = (16 << bits) + (1 << (bits - 1));
  for (let from = 0, at = 0; from < rgb.length; from += 3, at++)
    to[at] = (offset + red * (rgb[from] ?? 0) + green * (rgb[from + 1] ?? 0) + blue * (rgb[from + 2] ?? 0)) >> bits;
}

/** Cb, then Cr, each of the mean of four pixels; at an odd edge the last ones count twice. */
function writeChroma(capture: Capture, { cb, cr }: Weights, to: Buffer, samples: number): void {
  const { width, height, rgb } = capture;
  // of a sum of four: two bits more
  const offset = (128 << (bits + 2)) + (1 << (bits + 1));
  let at = 0;
  for (let y = 0; y < height; y += 2) {
    const [upper, lower] = [y * width * 3, Math.min(y + 1, height - 1) * width * 3];
    for (let x = 0; x < width; x += 2, at++) {
      const [left, right] = [x * 3, Math.min(x + 1, width - 1) * 3];
      const sum = (channel: number) =>
        (rgb[upper + left + channel] ?? 0) +
        (rgb[upper + right + channel] ?? 0) +
        (rgb[lower + left + channel] ?? 0) +
        (rgb[lower + right + channel] ?? 0);
      const [red, green, blue] = [sum(0), sum(1), sum(2)];
      to[at] = (offset + cb[0] * red + cb[1] * green + cb[2] * blue) >> (bits + 2);
      to[samples + at] = (offset + cr[0] * red + cr[1] * green + cr[2] * blue) >> (bits + 2);
    }
  }
}
