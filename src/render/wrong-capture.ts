/** Says of a capture that was judged not to be exact what is wrong with it. */
import type { WrongCapture } from './host-captures.js';
import type { CaptureVerdict } from './judge.js';

export function wrongIn({ frame, torn, firstDifference: at, fault }: CaptureVerdict): Omit<WrongCapture, 'picture'> {
  const colours = { expected: hex(at?.expected), actual: hex(at?.actual) };
  const where = at === undefined ? '' : ` at ${at.x},${at.y}: ${colours.expected} expected, ${colours.actual} shown`;
  const what = fault ?? (frame === undefined ? 'no readable frame number' : `frame ${frame} differs${where}`);
  return {
    kind: 'differs',
    why: `${what}${torn ? ', torn' : ''}`,
    frame: frame ?? null,
    firstDifference: at === undefined ? null : { ...at, ...colours },
  };
}

function hex(colour = 0): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}
