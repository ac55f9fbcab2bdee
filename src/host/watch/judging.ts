/** Judges what the screen shows as the counter pattern, as often as it comes to it. */
import { captureJudge, wrongIn } from '../../render/index.js';
import type { Screen } from './screen.js';
import { Done, type Sink } from './sink.js';

export class Judging implements Sink {
  readonly #done = new Done();
  readonly #judge = captureJudge('pixels');
  readonly #counts = { judged: 0, exact: 0, torn: 0, before: 0, passedOver: 0 };
  #wrong: string | undefined;
  #last: number | null = null;
  #freeAt = 0;

  /** Ends after so many. */
  constructor(
    private readonly most = Infinity,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update(screen: Screen): void {
    const start = this.now();
    // QEMU does not wait for who takes copies, and keeps what is not read: half of the time is for reading
    if (screen.surface?.transport !== 'dma-buf' && start < this.#freeAt) {
      this.#counts.passedOver++;
      return;
    }
    try {
      this.#look(screen);
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
    return { judge: { ...this.#counts, lastFrame: this.#last, wrong: this.#wrong ?? null } };
  }

  reasons(): readonly string[] {
    const { judged, exact } = this.#counts;
    if (judged === 0) return ['no picture had the counter pattern'];
    return exact === judged ? [] : [`${judged - exact} of ${judged} pictures are not exact: ${this.#wrong ?? ''}`];
  }

  #look(screen: Screen): void {
    const capture = screen.capture();
    if (capture === undefined) return;
    const verdict = this.#judge(capture);
    const counts = this.#counts;
    if (verdict.frame === undefined && counts.judged === 0) {
      counts.before++; // the pattern is not there yet
      return;
    }
    counts.judged++;
    if (verdict.exact) counts.exact++;
    else this.#wrong ??= wrongIn(verdict).why;
    if (verdict.torn) counts.torn++;
    this.#last = verdict.frame ?? this.#last;
    if (counts.judged >= this.most) this.#done.resolve();
  }
}
