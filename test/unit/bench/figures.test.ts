/** The bench's arithmetic, and which of GL's goals it takes for reached. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ratios, show, spread, table } from '../../bench/figures.js';
import type { Composed, Stalls } from '../../bench/gl.js';
import { glGoals } from '../../bench/report.js';

const told = (p99: number) => ({ p50: p99 / 2, p99, max: p99 * 2 });

/** Of three runs each; those of smpte take as long as the last says. */
function stalls(counter: number, smpte: number): Stalls {
  const rest = { queueMs: told(50), drawMs: told(50), renderFenceMs: told(50) };
  const runs = (p99: number) => [0.5, p99, 9].map((each) => ({ ...rest, glStallMs: told(each) }));
  return { counter: runs(counter), smpte: runs(smpte) };
}

const round = (peerMs: number, composeMs: number, damagedMs: number): Composed => ({ peerMs, composeMs, damagedMs });

describe('figures', () => {
  it('takes the middle of what was measured, of an even number the mean of two', () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
    assert.deepEqual(spread([4, 1, 2, 10]), { median: 3, min: 1, max: 10 });
  });

  it("compares each round's own two, as far as both had it", () => {
    assert.deepEqual(ratios([2, 9, 40, 7], [1, 3, 10]), { median: 3, min: 2, max: 4 });
  });

  it('shows the median with its spread', () => {
    assert.equal(show({ median: 1.234, min: 0.5, max: 10 }), '1.23 (0.50–10.00)');
  });

  it('aligns a table', () => {
    assert.deepEqual(table(['a', 'much'], [['wide', 'b']]), ['| a    | much |', '|------|------|', '| wide | b    |']);
  });
});

describe("GL's goals", () => {
  const reached = (composed: readonly Composed[], counter: number, smpte = 0.5) =>
    glGoals({ composed, stalls: stalls(counter, smpte) }).map((goal) => goal.reached);

  it('are judged by medians, of the ratios and of the runs', () => {
    const [well, once] = [[round(10, 12, 3), round(10, 11, 3), round(10, 30, 9)], [round(10, 10, 1)]];
    assert.deepEqual(reached(well, 1), [true, true, true, true]);
    assert.deepEqual(reached([round(10, 13, 3), ...well.slice(1)], 0.5), [false, true, true, true]);
    assert.deepEqual(reached([round(10, 10, 4), round(10, 10, 4), ...once], 0.5), [true, false, true, true]);
    assert.deepEqual(reached(once, 1.01), [true, true, false, true]);
    assert.deepEqual(reached(once, 1, 1.01), [true, true, true, false]);
  });
});
