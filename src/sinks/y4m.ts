/** A film for ffmpeg, GStreamer and mpv, as src/render/y4m.ts writes its frames. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { coded, GuestheadError } from '../errors.js';
import { y4mFrame, y4mHeader } from '../render/index.js';
import { rgbOf, type SinkFrame } from './frame.js';
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
      const { width, height } = frame;
      const film = y4mFrame({ width, height, rgb: rgbOf(frame) }, width, height); // before anything is waited for: the frame may go then
      if (size === undefined) output.write(y4mHeader(width, height, hz));
      size ??= { width, height };
      checkSize(size, frame);
      frames++;
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

function checkSize(film: Size, { width, height }: Size): void {
  if (film.width === width && film.height === height) return;
  throw new GuestheadError(
    'ERR_UNSUPPORTED',
    `A film of ${film.width}x${film.height} cannot go on with a picture of ${width}x${height}`,
    { advice: 'begin another film' },
  );
}
