/** Which commits' flush fences are watched until they signal, for their times: each costs a thread. */

/** Primes: of however many heads that share a schedule and commit in turn, each has its samples. */
const every = { first: 31, later: 257 };
/** Enough for figures. */
const firstSamples = 16;

export class SampleSchedule {
  #commits = 0;
  #samples = 0;
  #dueAt = 0;

  /** Whether the next commit is one to sample. */
  get isDue(): boolean {
    return this.#commits >= this.#dueAt;
  }

  countCommit(): void {
    this.#commits++;
  }

  /** The commit counted next is sampled. */
  countSample(): void {
    this.#dueAt = this.#commits + (++this.#samples < firstSamples ? every.first : every.later);
  }
}
