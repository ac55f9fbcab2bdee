/** A film for ffmpeg, GStreamer and mpv of all pictures that come, as src/render/y4m.ts writes its frames. */
import type { Writable } from 'node:stream';
import { GuestheadError } from '../errors.js';
import { FilmWriter, filmOutput, type FilmSize } from './film-writer.js';
import { rgbOf, type PictureMemory } from './frame.js';
import type { Sink } from './sink.js';

export interface Y4mFacts {
  /** Pictures in the film. */
  readonly frames: number;
}

/** `file` may be `-`, standard output. `hz` is what the film says of its rate: pictures are written as they come. */
export function y4mSink(file: string, hz: number, output: Writable = filmOutput(file)): Sink<Y4mFacts> {
  const film = new FilmWriter(output, hz);
  return {
    write: (frame) => {
      film.check();
      checkSize(film.size, frame);
      const { width, height } = frame;
      return film.write({ width, height, rgb: rgbOf(frame) });
    },
    end: async () => {
      await film.end();
      return { frames: film.frames };
    },
  };
}

function checkSize(film: FilmSize | undefined, { width, height }: PictureMemory): void {
  if (film === undefined || (film.width === width && film.height === height)) return;
  throw new GuestheadError(
    'ERR_UNSUPPORTED',
    `A film of ${film.width}x${film.height} cannot go on with a picture of ${width}x${height}`,
    { advice: 'begin another film' },
  );
}
