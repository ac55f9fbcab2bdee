/** The bench's arithmetic, and which of GL's goals it takes for reached. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ratios, show, spread, table } from '../../bench/figures.js';
import type { Composed, Stalls } from '../../bench/gl.js';
import { glGoals } from '../../bench/report.js';

const told = (p99: number) => ({ p50: p99 / 2, p99, max: p99 * 2 });

function stalls(p99: number): Stalls {
  return { stallMs: told(p99), queueMs: told(50), drawMs: told(50), presentedMs: told(50) };
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
  const reached = (composed: readonly Composed[], p99: number) =>
    glGoals({ composed, stalls: stalls(p99) }).map((goal) => goal.reached);

  it('are judged by medians of the ratios, the loop by its p99', () => {
    assert.deepEqual(reached([round(10, 12, 3), round(10, 11, 3), round(10, 30, 9)], 1), [true, true, true]);
    assert.deepEqual(reached([round(10, 13, 3), round(10, 11, 3), round(10, 30, 9)], 0.5), [false, true, true]);
    assert.deepEqual(reached([round(10, 10, 4), round(10, 10, 4), round(10, 10, 1)], 0.5), [true, false, true]);
    assert.deepEqual(reached([round(10, 10, 1)], 1.01), [true, true, false]);
  });
});
