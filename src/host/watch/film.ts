/** A film of the screen at a constant rate, for a player or an encoder. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { y4mFrame, y4mHeader, type Capture } from '../../render/index.js';
import type { Screen } from './screen.js';
import { Done, type Sink } from './sink.js';

export interface FilmOptions {
  /** A whole number of frames a second. */
  readonly hz: number;
  /** Ends after so many. */
  readonly frames?: number | undefined;
}

export class Film implements Sink {
  readonly #done = new Done();
  readonly #counts = { frames: 0, repeated: 0, skipped: 0 };
  readonly #periodMs: number;
  #screen: Screen | undefined;
  #capture: Capture | undefined;
  #frame: Buffer | undefined;
  /** The first picture's, which a film keeps. */
  #size: { readonly width: number; readonly height: number } | undefined;
  /** The picture that was taken last is in the film. */
  #wanted = true;
  /** There is a newer one. */
  #stale = false;
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** `output` is ended with the film, unless it is the standard output. */
  constructor(
    private readonly output: Writable,
    private readonly options: FilmOptions,
  ) {
    this.#periodMs = 1000 / options.hz;
    output.on('error', (error) => {
      this.#done.reject(error);
    });
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(screen: Screen): void {
    this.#screen = screen;
    this.#stale = !this.#wanted;
    if (this.#wanted) this.#take();
    if (this.#size !== undefined || this.#capture === undefined || this.#ended) return;
    this.#begin(this.#capture);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.output === process.stdout) return;
    await new Promise<void>((resolve) => {
      this.output.end(resolve);
    });
  }

  facts(): Readonly<Record<string, unknown>> {
    return { film: { ...this.#counts, hz: this.options.hz, width: this.#size?.width, height: this.#size?.height } };
  }

  reasons(): readonly string[] {
    return this.#counts.frames === 0 ? ['the film has no frame'] : [];
  }

  /** The picture as it is now; while the head is off, the last one stays. */
  #take(): void {
    try {
      const capture = this.#screen?.capture();
      if (capture === undefined) return;
      this.#capture = capture;
      this.#frame = undefined;
      this.#wanted = this.#stale = false;
    } catch (error) {
      this.#done.reject(error);
    }
  }

  #begin({ width, height }: Capture): void {
    this.#size = { width, height };
    this.output.write(y4mHeader(width, height, this.options.hz));
    this.#nextAt = performance.now();
    this.#tick();
  }

  #tick(): void {
    if (this.#stale) this.#take();
    void this.#write().then(() => {
      if (this.#ended) return;
      const now = performance.now();
      this.#nextAt += this.#periodMs;
      const missed = Math.floor(Math.max(0, now - this.#nextAt) / this.#periodMs);
      this.#counts.skipped += missed;
      this.#nextAt += missed * this.#periodMs;
      this.#timer = setTimeout(() => {
        this.#tick();
      }, this.#nextAt - now);
    });
  }

  /** Waits for a reader that is slower. */
  async #write(): Promise<void> {
    const { width, height } = this.#size ?? { width: 0, height: 0 };
    if (this.#capture === undefined || this.#ended) return;
    if (this.#frame === undefined) this.#frame = y4mFrame(this.#capture, width, height);
    else this.#counts.repeated++;
    this.#wanted = true;
    const isFull = !this.output.write(this.#frame);
    if (++this.#counts.frames >= (this.options.frames ?? Infinity)) {
      this.#ended = true;
      this.#done.resolve();
    }
    if (isFull) await once(this.output, 'drain').catch(() => undefined);
  }
}
