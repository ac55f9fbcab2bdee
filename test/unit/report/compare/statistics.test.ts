import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  blocks,
  dispersion,
  holm,
  timesToDecide,
  inflation,
  mannWhitney,
  mean,
  median,
  rateTest,
  upperTail,
} from '../../../../src/report/compare/statistics.js';

const near = (actual: number, expected: number, relative: number) =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);

describe('the tail of the normal distribution', () => {
  it('is what tables say', () => {
    for (const [z, p] of [
      [0, 0.5],
      [1.959963985, 0.025],
      [2.575829304, 0.005],
      [5, 2.866515719e-7],
      [10, 7.619853024e-24],
    ] as const)
      near(upperTail(z), p, 1e-6);
  });
});

/** All ways to choose so many of the values. */
function splits<T>(values: readonly T[], count: number): T[][] {
  const [first, ...rest] = values;
  if (count === 0) return [[]];
  if (first === undefined || values.length < count) return [];
  return [...splits(rest, count - 1).map((chosen) => [first, ...chosen]), ...splits(rest, count)];
}

describe('the Mann–Whitney test', () => {
  /** By enumeration: pairs in which a is above, ties half, as far from the middle as seen or farther. */
  function exact(a: readonly number[], b: readonly number[]): number {
    const all = [...a, ...b].map((value, index) => ({ value, index }));
    const distance = (chosen: typeof all) => {
      const others = all.filter((item) => !chosen.includes(item));
      const wins = chosen.flatMap(({ value }) => others.map((o) => (Math.sign(value - o.value) + 1) / 2));
      return Math.abs(wins.reduce((sum, win) => sum + win, 0) - (a.length * b.length) / 2);
    };
    const seen = distance(all.slice(0, a.length));
    const every = splits(all, a.length).map(distance);
    return every.filter((other) => other >= seen - 1e-9).length / every.length;
  }

  it('is near the exact probability, ties or none', () => {
    for (const [a, b] of [
      [
        [1, 2, 3, 4, 5, 6],
        [7, 8, 9, 10, 11, 12],
      ],
      [
        [1.1, 2.5, 3.2, 4.8, 5.9, 7.5],
        [2.2, 6.1, 7.7, 8.3, 9.4, 10.2],
      ],
      [
        [1, 1, 2, 2, 3, 3],
        [2, 3, 3, 4, 4, 4],
      ],
      [
        [1, 1, 1, 2, 5, 7],
        [1, 2, 2, 5, 5, 6],
      ],
    ])
      assert.ok(Math.abs(mannWhitney(a!, b!) - exact(a!, b!)) < 0.02, `${mannWhitney(a!, b!)} ${exact(a!, b!)}`);
  });

  it('does not care which comes first, nor about units, and knows no difference in the same values', () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 8, maxLength: 16 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        near(mannWhitney(a, b), mannWhitney(b, a), 1e-9);
        near(mannWhitney(a.map((value) => value ** 3), b.map((value) => value ** 3)), mannWhitney(a, b), 1e-9); // oxfmt-ignore
        assert.ok(mannWhitney(a, a) > 0.9);
        assert.ok(mannWhitney(a, b, 4) >= mannWhitney(a, b));
      }),
      { seed: 1, numRuns: 200 },
    );
    assert.equal(mannWhitney([3, 3, 3], [3, 3, 3]), 1);
  });
});

describe('blocks', () => {
  it('take every value once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 700 }), (values) => {
        const taken: number[] = [];
        const lengths = blocks(values, (block) => (taken.push(...block), block.length));
        assert.deepEqual(taken, values);
        assert.equal(lengths.length, Math.min(16, values.length));
        assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1);
      }),
      { seed: 1 },
    );
    assert.deepEqual(blocks([], median), []);
  });
});

describe('what likeness costs', () => {
  it('is nothing without it, and much where values drift', () => {
    assert.equal(inflation([1, -1, 1, -1, 1, -1, 1, -1]), 1);
    assert.equal(inflation([2, 2, 2, 2]), 1);
    assert.ok(inflation([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]) > 5);
  });
});

describe('the test of rates', () => {
  it('is the binomial one', () => {
    const rate = (events: number, trials = 600) => ({ events, trials });
    near(rateTest(rate(0), rate(10)), 2 / 2 ** 10, 1e-9);
    near(rateTest(rate(10), rate(0)), 2 / 2 ** 10, 1e-9);
    near(rateTest(rate(1), rate(5)), (2 * 7) / 2 ** 6, 1e-9);
    near(rateTest(rate(0, 1200), rate(4, 600)), 2 / 3 ** 4, 1e-9);
    assert.equal(rateTest(rate(0), rate(0)), 1);
    assert.equal(rateTest(rate(3), rate(3)), 1);
    assert.equal(rateTest(rate(3), rate(3, 0)), 1);
    near(rateTest(rate(0), rate(20), 2), 2 / 2 ** 10, 1e-9);
  });

  it('holds with so many events that their probabilities underflow', () => {
    assert.ok(rateTest({ events: 50_000, trials: 65_536 }, { events: 50_000, trials: 65_536 }) > 0.9);
    assert.ok(rateTest({ events: 50_000, trials: 65_536 }, { events: 52_000, trials: 65_536 }) < 1e-6);
  });
});

describe('dispersion', () => {
  it('is 1 of events one by one, and their number where they come at once', () => {
    assert.equal(dispersion([1, 1, 1, 1], [0, 0, 0, 0]), 1);
    assert.equal(dispersion([0, 0], [0, 0]), 1);
    assert.ok(Math.abs(dispersion([...Array<number>(15).fill(0), 10]) - 10) < 1e-9);
  });
});

describe('many tests at once', () => {
  it('are judged in the order of their probabilities until one is not significant', () => {
    const close = (found: number[], wanted: number[]) => {
      assert.equal(found.length, wanted.length);
      found.forEach((p, i) => assert.ok(Math.abs(p - (wanted[i] ?? NaN)) < 1e-12, `${p} for ${wanted[i]}`));
    };
    close(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
    close(holm([0.2, 0.001]), [0.2, 0.002]);
    close(holm([0.7, 0.6]), [1, 1]);
    close(holm([]), []);
  });

  it('take so many times the observations where the deviate has to grow by the root of that', () => {
    const times = timesToDecide(0.05, 0.0027) ?? NaN; // 1.96 and 3.00 standard deviations
    assert.ok(Math.abs(times - (3 / 1.96) ** 2) < 0.01, `${times}`);
    assert.equal(timesToDecide(0.001, 0.01), 1, 'already decided');
    assert.equal(timesToDecide(0.9, 0.01), undefined, 'no difference to speak of');
  });
});

describe('median and mean', () => {
  it('are of numbers, not of their digits', () => {
    assert.equal(median([10, 9, 100]), 10);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(mean([1, 2, 6]), 3);
  });
});
