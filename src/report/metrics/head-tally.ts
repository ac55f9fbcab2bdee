/** What is counted of one head from the first flip on: nothing is looked up or allocated for a frame. */
import type { Head } from '../../head/index.js';
import type { Flip } from '../../loop/index.js';
import { TimeHistogram } from './time-histogram.js';

export type TalliedHead = Pick<Head, 'id' | 'info' | 'states' | 'bytesCopied'>;

/** What a head's flips can outlive: there from the beginning as 0, so that the first one is seen as an increase. */
const knownFaults = [
  'ERR_COMMIT',
  'ERR_DEVICE_LOST',
  'ERR_DRAW',
  'ERR_FLIP_TIMEOUT',
  'ERR_HOST_PAUSED',
  'ERR_HOST_REFUSED',
  'ERR_NO_CONNECTOR',
  'ERR_NOT_MASTER',
];

export class HeadTally {
  readonly commit = new TimeHistogram();
  readonly flip = new TimeHistogram();
  readonly latency = new TimeHistogram();
  readonly draw = new TimeHistogram();
  readonly flushFence = new TimeHistogram();
  flips = 0;
  missed = 0;
  tearRisk = 0;
  starved = 0;
  dropped = 0;
  readonly faults = new Map(knownFaults.map((code) => [code, 0]));
  /** Of the head as it was first: a device that comes back under other names goes on in the same series. */
  readonly labels: { readonly display: string; readonly connector: string };

  /** `lastFlipMs`: when to begin waiting for the first flip, CLOCK_MONOTONIC. */
  constructor(
    readonly head: TalliedHead,
    public lastFlipMs: number,
  ) {
    const { node, connector } = head.info.display;
    this.labels = { display: node, connector };
  }

  flipped(flip: Flip): void {
    this.lastFlipMs = flip.timestampNs / 1e6;
    this.flips++;
    this.missed += flip.missed;
    if (flip.tearRisk) this.tearRisk++;
    if (flip.starved) this.starved++;
    this.dropped += flip.dropped;
    this.commit.observe(flip.commitMs);
    this.flip.observe(flip.flipMs);
    this.latency.observe(flip.latencyMs);
    this.draw.observe(flip.drawMs);
  }

  fault(code: string): void {
    this.faults.set(code, (this.faults.get(code) ?? 0) + 1);
  }
}
