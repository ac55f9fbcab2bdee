/** Writes a YUV4MPEG2 film, frame by frame, to a file, a pipe or standard output. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { coded } from '../errors.js';
import { y4mFrame, y4mHeader, type Capture } from '../render/index.js';

export interface FilmSize {
  readonly width: number;
  readonly height: number;
}

/** `-` is standard output. */
export function filmOutput(file: string): Writable {
  return file === '-' ? process.stdout : createWriteStream(file);
}

export class FilmWriter {
  /** Frames in the film. */
  frames = 0;
  #size: FilmSize | undefined;
  #last: Buffer | undefined;
  #failure: Error | undefined;

  /** `hz` is what the film says of its rate, a whole number. `output` is ended with the film, unless it is standard output, whose errors are not ours to hear. */
  constructor(
    private readonly output: Writable,
    private readonly hz: number,
  ) {
    if (output !== process.stdout) output.on('error', (error) => (this.#failure ??= coded(error)));
  }

  /** The first picture's, which a film keeps; undefined before that. */
  get size(): FilmSize | undefined {
    return this.#size;
  }

  /**
   * The picture is read when this returns; one of another size is cut, or has black on its right and below. Resolves when the reader is ready for the
   * next. Rejects with what the output failed with.
   */
  write(picture: Capture): Promise<void> {
    const { width, height } = this.#size ?? picture;
    if (this.#size === undefined) this.output.write(y4mHeader(width, height, this.hz));
    this.#size ??= { width, height };
    this.#last = y4mFrame(picture, width, height);
    return this.#put(this.#last);
  }

  /** The last picture once more; nothing where there is none. As `write`. */
  async repeat(): Promise<void> {
    if (this.#last !== undefined) await this.#put(this.#last);
  }

  /** Throws what the output failed with. */
  async end(): Promise<void> {
    this.check();
    if (this.output !== process.stdout) await finished(this.output.end(), { readable: false });
  }

  /** Throws what the output has failed with. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #put(frame: Buffer): Promise<void> {
    this.check();
    this.frames++;
    // Also where the reader goes meanwhile: `once` rejects with what the stream failed with.
    if (!this.output.write(frame)) await once(this.output, 'drain');
  }
}
