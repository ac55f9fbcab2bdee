/** One picture of what is shown, as a file. */
import { pngSink } from '../png.js';
import { Done, type Shown, type Viewer } from './viewer.js';

export class PngFile implements Viewer {
  readonly #done = new Done();
  readonly #sink: ReturnType<typeof pngSink>;
  #seen = 0;
  #taken: { readonly width: number; readonly height: number } | undefined;
  #saved = false;

  /** Takes the picture of the update of that number, from 1; `end` writes it. */
  constructor(
    private readonly path: string,
    private readonly which = 1,
  ) {
    this.#sink = pngSink(path);
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(shown: Shown): void {
    if (++this.#seen !== this.which) return;
    try {
      shown.read((picture) => {
        void this.#sink.write(picture);
        this.#taken = { width: picture.width, height: picture.height };
        this.#done.resolve();
      });
    } catch (error) {
      this.#done.reject(error);
    }
  }

  async end(): Promise<void> {
    this.#saved = (await this.#sink.end()).picture !== null;
  }

  facts(): Readonly<Record<string, unknown>> {
    return { png: this.#saved ? { file: this.path, ...this.#taken } : null };
  }

  reasons(): readonly string[] {
    return this.#saved ? [] : ['no picture was saved'];
  }
}
