/** The last picture, in a PNG file. */
import { writeFile } from 'node:fs/promises';
import { encodePng, type Capture } from '../render/index.js';
import { rgbOf } from './frame.js';
import type { Sink } from './sink.js';

export interface PngFacts {
  /** The file; null where no picture came, and nothing was written. */
  readonly picture: string | null;
}

export function pngSink(file: string): Sink<PngFacts> {
  let last: Capture | undefined;
  return {
    write: (frame) => void (last = { width: frame.width, height: frame.height, rgb: rgbOf(frame) }),
    end: async () => {
      if (last === undefined) return { picture: null };
      await writeFile(file, encodePng(last));
      return { picture: file };
    },
  };
}
