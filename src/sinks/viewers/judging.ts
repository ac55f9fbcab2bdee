/** Judges what is shown as the counter pattern, as often as it comes to it. */
import { judgeSink } from '../judge.js';
import type { PictureMemory } from '../frame.js';
import { Done, type Shown, type Viewer } from './viewer.js';

export class Judging implements Viewer {
  readonly #done = new Done();
  #sink = judgeSink();
  #before = 0;
  #passedOver = 0;
  #freeAt = 0;

  /** Ends after so many. */
  constructor(
    private readonly most = Infinity,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(shown: Shown): void {
    const start = this.now();
    // Who hands out copies does not wait, and keeps what is not read: half of the time is for reading.
    if (!shown.waits && start < this.#freeAt) {
      this.#passedOver++;
      return;
    }
    try {
      shown.read((picture) => this.#judge(picture));
    } catch (error) {
      this.#done.reject(error);
    }
    const end = this.now();
    this.#freeAt = end + (end - start);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  facts(): Readonly<Record<string, unknown>> {
    const { received: judged, exact, torn, wrong } = this.#sink.judgement;
    const counts = { judged, exact, torn, before: this.#before, passedOver: this.#passedOver };
    return { judge: { ...counts, lastFrame: this.#sink.lastFrame ?? null, wrong } };
  }

  reasons(): readonly string[] {
    const { received: judged, exact, wrong } = this.#sink.judgement;
    if (judged === 0) return ['no picture had the counter pattern'];
    return exact === judged ? [] : [`${judged - exact} of ${judged} pictures are not exact: ${wrong ?? ''}`];
  }

  #judge(picture: PictureMemory): void {
    void this.#sink.write(picture);
    if (this.#sink.lastFrame === undefined) {
      this.#before++; // the pattern is not there yet, and nothing is said of this picture
      this.#sink = judgeSink();
    }
    if (this.#sink.judgement.received >= this.most) this.#done.resolve();
  }
}
