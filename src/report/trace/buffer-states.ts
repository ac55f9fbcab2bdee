/** The states a frame's backbuffer goes through, as spans that follow upon each other. */
import type { RecordedFrame } from '../recording.js';
import { microseconds } from './events.js';

export interface Span {
  readonly state: 'drawing' | 'ready' | 'queued' | 'current' | 'draining';
  /** µs. */
  readonly from: number;
  readonly to: number;
}

/**
 * Up to `limitUs`, where the buffer's next frame begins or the trace ends; what has no end
 * yet lasts until there. A flip whose time, the vblank's, lies before the commit that it
 * completed (the kernel's timer may fire late) begins no earlier than that. Spans shorter
 * than 1 µs are left out.
 */
export function spansOf(frame: RecordedFrame, limitUs: number): Span[] {
  const steps = [
    ['drawing', frame.drawEndMs],
    ['ready', frame.committedMs],
    ['queued', frame.flippedMs],
    ['current', frame.replacedMs],
    ['draining', frame.releasedMs],
  ] as const;
  const spans: Span[] = [];
  let from = microseconds(frame.drawStartMs);
  for (const [state, endMs] of steps) {
    const end = Number.isNaN(endMs) ? limitUs : Math.min(microseconds(endMs), limitUs);
    const to = Math.max(from, end);
    if (to > from) spans.push({ state, from, to });
    from = to;
  }
  return spans;
}
