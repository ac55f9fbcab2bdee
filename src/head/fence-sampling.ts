/** Which commits' flush fences are watched until they signal, for their times: each costs a thread. */
import { monotonicClock } from '../loop/index.js';
import type { Native } from '../native/index.js';
import type { HeadTelemetry } from './telemetry.js';

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

/** Of all heads together. */
const schedule = new SampleSchedule();
const intervalUs = 150;
/** A fence that went unseen is looked for until then: long enough for a host that paces by its own screen. */
const timeoutMs = 20;

/** One head's samples, one at a time. */
export class FenceSampler {
  #slot = -1;
  /** When the sampled slot was committed, and when last, ms. */
  #at = 0;
  #againAt = 0;

  constructor(
    private readonly native: Pick<Native, 'sampleFence'>,
    private readonly flushFences: Pick<HeadTelemetry, 'observed' | 'next'>,
  ) {}

  /** Before a commit of this slot: its time, or 0 where nobody needs it. */
  before(slot: number): number {
    const sampled = schedule.isDue && this.flushFences.observed;
    return sampled || slot === this.#slot ? monotonicClock.now() : 0;
  }

  /** The commit was accepted; `at` is what `before` gave. */
  committed(slot: number, at: number, dmabufFd: number | undefined): void {
    if (slot === this.#slot) this.#againAt = at;
    else if (at !== 0 && this.#slot < 0 && dmabufFd !== undefined) this.#sample(slot, at, dmabufFd);
    schedule.countCommit();
  }

  #sample(slot: number, at: number, dmabufFd: number): void {
    schedule.countSample();
    this.#slot = slot;
    this.#at = this.#againAt = at;
    this.native
      .sampleFence(dmabufFd, intervalUs, timeoutMs)
      .then((signalledNs) => {
        const signalledAt = signalledNs / 1e6;
        // the commit's own fence may have gone unseen, and this be the one of the slot's next turn
        const isOwn = this.#againAt === this.#at || signalledAt < this.#againAt;
        if (signalledNs > 0 && isOwn) this.flushFences.next(signalledAt - this.#at);
      })
      .catch(() => undefined) // closed in the meantime: no sample
      .finally(() => (this.#slot = -1));
  }
}
