/**
 * A film for ffmpeg, GStreamer and mpv: YUV4MPEG2, 4:2:0, limited range, BT.601. The format cannot name its matrix, and
 * readers that are not told one take BT.601.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { coded, GuestheadError } from '../errors.js';
import { channelsOf, type SinkFrame } from './frame.js';
import type { Sink } from './sink.js';

export interface Y4mFacts {
  /** Pictures in the film. */
  readonly frames: number;
}

/** `file` may be `-`, standard output. `hz` is what the film says of its rate: pictures are written as they come. */
export function y4mSink(file: string, hz: number, output = open(file)): Sink<Y4mFacts> {
  let size: Size | undefined;
  let frames = 0;
  let failure: Error | undefined;
  if (output !== process.stdout) output.on('error', (error) => (failure ??= coded(error)));
  return {
    write: async (frame) => {
      if (failure !== undefined) throw failure;
      const film = filmOf(frame); // before anything is waited for: the frame may go then
      if (size === undefined) output.write(headerOf(frame, hz));
      size ??= { width: frame.width, height: frame.height };
      checkSize(size, frame);
      frames++;
      output.write('FRAME\n');
      if (!output.write(film)) await drained(output);
    },
    end: async () => {
      if (failure !== undefined) throw failure;
      if (output !== process.stdout) await finished(output.end());
      return { frames };
    },
  };
}

type Size = Pick<SinkFrame, 'width' | 'height'>;

function open(file: string): Writable {
  return file === '-' ? process.stdout : createWriteStream(file);
}

/** Also where the reader goes meanwhile: `once` rejects with what the stream failed with. */
async function drained(output: Writable): Promise<void> {
  await once(output, 'drain');
}

function headerOf({ width, height }: Size, hz: number): string {
  return `YUV4MPEG2 W${width} H${height} F${hz}:1 Ip A1:1 C420jpeg XYSCSS=420JPEG XCOLORRANGE=LIMITED\n`;
}

function checkSize(film: Size, { width, height }: Size): void {
  if (film.width === width && film.height === height) return;
  throw new GuestheadError(
    'ERR_UNSUPPORTED',
    `A film of ${film.width}x${film.height} cannot go on with a picture of ${width}x${height}`,
    { advice: 'begin another film' },
  );
}

/** Y for each pixel, then U and V for each four. Throws ERR_UNSUPPORTED. */
function filmOf(frame: SinkFrame): Uint8Array {
  const { width, height } = frame;
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const film = new Uint8Array(width * height + 2 * columns * rows);
  const { bytes, red, green, blue } = channelsOf(frame);
  const { pixels, strideBytes } = frame;
  for (let y = 0; y < height; y++) {
    const row = y * strideBytes;
    for (let x = 0; x < width; x++) {
      const at = row + x * bytes;
      film[y * width + x] = lumaOf(pixels[at + red] ?? 0, pixels[at + green] ?? 0, pixels[at + blue] ?? 0);
    }
  }
  let [u, v] = [width * height, width * height + columns * rows];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const colour = mean(frame, x, y);
      film[u++] = blueOf(colour);
      film[v++] = redOf(colour);
    }
  }
  return film;

  /** Sums of four pixels, those at an odd edge counted twice: 0–1020. */
  function mean({ pixels: from }: SinkFrame, x: number, y: number): Colour {
    const [right, below] = [x + 1 < width ? bytes : 0, y + 1 < height ? strideBytes : 0];
    const at = y * strideBytes + x * bytes;
    const sum = (channel: number) =>
      (from[at + channel] ?? 0) +
      (from[at + right + channel] ?? 0) +
      (from[at + below + channel] ?? 0) +
      (from[at + right + below + channel] ?? 0);
    return [sum(red), sum(green), sum(blue)];
  }
}

type Colour = readonly [red: number, green: number, blue: number];

// ITU-R BT.601: 219 steps of luma from 16 on, 224 of chroma around 128; in 65536ths.
function lumaOf(red: number, green: number, blue: number): number {
  return (16_829 * red + 33_039 * green + 6_416 * blue + 0x10_8000) >> 16;
}

function blueOf([red, green, blue]: Colour): number {
  return (-9_714 * red - 19_070 * green + 28_784 * blue + 4 * 0x80_8000) >> 18;
}

function redOf([red, green, blue]: Colour): number {
  return (28_784 * red - 24_103 * green - 4_681 * blue + 4 * 0x80_8000) >> 18;
}
