/** Flips as a display of 60 Hz would make them, for what only counts them. */
import { FlipStatistics, type HeadStats } from '../../src/head/index.js';
import { type Flip } from '../../src/loop/index.js';

export function flipAt(frame: number, changes: Partial<Flip> = {}): Flip {
  const timestampNs = frame * (1e9 / 60);
  const slot = { slot: frame % 4, isClients: false };
  const flip = { frame, ...slot, sequence: frame, timestampNs, missed: 0, commitMs: 1, flipMs: 16 };
  return {
    ...flip,
    latencyMs: 20,
    drawMs: 2,
    tearRisk: false,
    starved: false,
    drawnLate: false,
    dropped: 0,
    ...changes,
  };
}

export function statsOf(flips: readonly Flip[]): HeadStats {
  const statistics = new FlipStatistics(() => 0);
  for (const flip of flips) statistics.record(flip);
  return statistics.stats();
}
