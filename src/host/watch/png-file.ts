/** One picture of the screen, as a file. */
import { writeFileSync } from 'node:fs';
import { encodePng } from '../../render/index.js';
import type { Screen } from './screen.js';
import { Done, type Sink } from './sink.js';

export class PngFile implements Sink {
  readonly #done = new Done();
  #seen = 0;
  #saved: { readonly width: number; readonly height: number } | undefined;

  /** Saves the picture of the update of that number, from 1. */
  constructor(
    private readonly path: string,
    private readonly which = 1,
  ) {}

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(screen: Screen): void {
    if (++this.#seen !== this.which) return;
    try {
      const capture = screen.capture();
      if (capture === undefined) return;
      writeFileSync(this.path, encodePng(capture));
      this.#saved = { width: capture.width, height: capture.height };
      this.#done.resolve();
    } catch (error) {
      this.#done.reject(error);
    }
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  facts(): Readonly<Record<string, unknown>> {
    return { png: this.#saved === undefined ? null : { file: this.path, ...this.#saved } };
  }

  reasons(): readonly string[] {
    return this.#saved === undefined ? ['no picture was saved'] : [];
  }
}
