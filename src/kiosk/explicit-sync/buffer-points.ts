/** The two points that a client sets for a buffer that it commits. */
import type { BufferSync } from '../content.js';
import type { ClientTimeline } from './client-timeline.js';

/** It holds its timeline. */
export interface SyncPoint {
  readonly timeline: ClientTimeline;
  readonly value: bigint;
}

/** Takes both over. */
export class BufferPoints implements BufferSync {
  constructor(
    private readonly acquire: SyncPoint,
    private readonly release: SyncPoint,
  ) {}

  whenDrawn(tell: () => void): (() => void) | undefined {
    return this.acquire.timeline.whenSignalled(this.acquire.value, tell);
  }

  /** Called once. */
  released(): void {
    this.release.timeline.signal(this.release.value);
    for (const { timeline } of [this.acquire, this.release]) timeline.release();
  }
}
