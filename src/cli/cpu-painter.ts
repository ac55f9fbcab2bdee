/** The CPU draws a run's heads. */
import type { Gpus } from '../head/index.js';
import type { Draw } from '../loop/index.js';
import { createPattern, type PatternName } from '../render/index.js';
import type { DrawnBy } from '../report/index.js';
import type { Painters } from './head-painter.js';
import type { RunPattern } from './run-options.js';

/** In place of a pattern that only the GPU has: the one with the same bar codes. */
export function cpuPatternOf(pattern: RunPattern): PatternName {
  return pattern === 'bars' || pattern === 'none' ? pattern : 'counter';
}

/** `reason`: why the CPU, where it was left to guesthead. */
export function cpuPainters(gpus: Gpus, pattern: RunPattern, reason: string | null): Painters {
  const painter = { reset: () => undefined, close: () => undefined };
  const drawn = (): DrawnBy => ({ draw: 'cpu', drawReason: reason, gl: null });
  const paint = () => Promise.resolve({ ...painter, draw: cpuDraw(cpuPatternOf(pattern)), drawn });
  return { openHead: async (options) => ({ head: await gpus.openHead(options), refused: [] }), paint };
}

function cpuDraw(name: PatternName): Draw {
  if (name === 'none') return () => undefined;
  const pattern = createPattern(name);
  return (frame) => {
    pattern.draw(frame, frame.number, frame.age);
  };
}
