/** A film of what is shown at a constant rate, for a player or an encoder. */
import type { Writable } from 'node:stream';
import type { Capture } from '../../render/index.js';
import { FilmWriter } from '../film-writer.js';
import { rgbOf } from '../frame.js';
import { Done, type Shown, type Viewer } from './viewer.js';

export interface FilmOptions {
  /** A whole number of frames a second. */
  readonly hz: number;
  /** Ends after so many. */
  readonly frames?: number | undefined;
}

export class Film implements Viewer {
  readonly #done = new Done();
  readonly #film: FilmWriter;
  readonly #counts = { repeated: 0, skipped: 0 };
  readonly #periodMs: number;
  #shown: Shown | undefined;
  /** Taken, and not in the film yet. */
  #next: Capture | undefined;
  /** There is a newer one than that. */
  #stale = false;
  #begun = false;
  #ended = false;
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `output` is ended with the film, unless it is the standard output. */
  constructor(
    output: Writable,
    private readonly options: FilmOptions,
  ) {
    this.#periodMs = 1000 / options.hz;
    this.#film = new FilmWriter(output, options.hz);
    output.on('error', (error) => this.#done.reject(error));
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(shown: Shown): void {
    this.#shown = shown;
    this.#stale = this.#next !== undefined;
    if (!this.#stale) this.#take();
    if (this.#begun || this.#next === undefined || this.#ended) return;
    this.#begun = true;
    this.#nextAt = performance.now();
    this.#tick();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#film.end().catch(() => undefined); // `done` has told of it
  }

  facts(): Readonly<Record<string, unknown>> {
    const { frames, size } = this.#film;
    return { film: { frames, ...this.#counts, hz: this.options.hz, width: size?.width, height: size?.height } };
  }

  reasons(): readonly string[] {
    return this.#film.frames === 0 ? ['the film has no frame'] : [];
  }

  /** The picture as it is now; while nothing is shown, the last one stays. */
  #take(): void {
    try {
      this.#shown?.read((picture) => {
        this.#next = { width: picture.width, height: picture.height, rgb: rgbOf(picture) };
        this.#stale = false;
      });
    } catch (error) {
      this.#done.reject(error);
    }
  }

  #tick(): void {
    if (this.#stale) this.#take();
    void this.#write().then(
      () => this.#wait(),
      (error: unknown) => this.#done.reject(error),
    );
  }

  #wait(): void {
    if (this.#ended) return;
    const now = performance.now();
    this.#nextAt += this.#periodMs;
    const missed = Math.floor(Math.max(0, now - this.#nextAt) / this.#periodMs);
    this.#counts.skipped += missed;
    this.#nextAt += missed * this.#periodMs;
    this.#timer = setTimeout(() => this.#tick(), this.#nextAt - now);
  }

  /** Waits for a reader that is slower. */
  async #write(): Promise<void> {
    if (this.#ended) return;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#counts.repeated++;
    const written = next === undefined ? this.#film.repeat() : this.#film.write(next);
    if (this.#film.frames >= (this.options.frames ?? Infinity)) {
      this.#ended = true;
      this.#done.resolve();
    }
    await written;
  }
}
