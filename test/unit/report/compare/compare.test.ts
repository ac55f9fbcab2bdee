import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareRuns,
  describeComparison,
  parseRun,
  type ComparableHead,
  type Comparison,
} from '../../../../src/report/compare/index.js';
import { recordedHead, recordedRun, type Recorded } from '../../../support/recorded-runs.js';

const pairs = 120;

/** Of so many pairs of runs, those of which `holds` is true. */
function share(a: Recorded, b: Recorded, holds: (comparison: Comparison) => boolean): number {
  let count = 0;
  for (let seed = 1; seed <= pairs; seed++) {
    const runA = recordedRun(recordedHead(2 * seed, a));
    const runB = recordedRun(recordedHead(2 * seed + 1, b));
    if (holds(compareRuns(runA, runB, { thresholdPercent: a === b ? 0 : 5 }))) count++;
  }
  return count / pairs;
}

const isRegression = ({ verdict }: Comparison) => verdict === 'regression';

describe('runs of the same distribution', () => {
  for (const likeness of [0, 0.5, 0.9])
    it(`give few false alarms where neighbouring flips are alike by ${likeness}, even without a threshold`, () => {
      const same = { likeness };
      const alarms = share(same, same, ({ verdict }) => verdict !== 'same');
      assert.ok(alarms <= 0.03, `${alarms} of the pairs`);
    });
});

describe('a real shift', () => {
  for (const likeness of [0, 0.5]) {
    it(`of 20 % is found where neighbouring flips are alike by ${likeness}`, () => {
      const found = share({ likeness }, { likeness, factor: 1.2 }, isRegression);
      assert.ok(found >= 0.97, `${found} of the pairs`);
    });

    it(`of 20 % to the better is none to the worse, alike by ${likeness}`, () => {
      const found = share({ likeness }, { likeness, factor: 0.8 }, ({ verdict }) => verdict === 'better');
      assert.ok(found >= 0.97, `${found} of the pairs`);
    });
  }

  it('below the threshold is none', () => {
    const found = share({ frames: 6000 }, { frames: 6000, factor: 1.03 }, isRegression);
    assert.ok(found <= 0.03, `${found} of the pairs`);
  });
});

function changeOf(a: ComparableHead, b: ComparableHead, figure: string) {
  const [head] = compareRuns(recordedRun(a), recordedRun(b)).heads;
  return head?.figures.find((one) => one.figure === figure)?.change;
}

describe('counts', () => {
  const with_ = (changes: Partial<ComparableHead>) => recordedHead(7, { changes });
  const { samples } = recordedHead(7);
  const late = (at: (index: number) => boolean, cycles: number) => ({
    ...samples,
    intervalMs: samples.intervalMs.map((ms, i) => (at(i) ? ms + (cycles * 1000) / 75 : ms)),
  });

  it('that are more than chance are a regression, and few more are none', () => {
    const spread = { samples: late((i) => i % 30 === 5, 1), missedFlips: 20 };
    assert.equal(changeOf(with_({}), with_(spread), 'missedFlips'), 'worse');
    assert.equal(changeOf(with_(spread), with_({}), 'missedFlips'), 'better');
    assert.equal(changeOf(with_({ missedFlips: 20 }), with_({ missedFlips: 26 }), 'missedFlips'), 'not proven');
    assert.equal(changeOf(with_({}), with_({ tearRisk: 30 }), 'tearRisk'), 'worse');
  });

  it('that come at once are one hiccup', () => {
    const once = { samples: late((i) => i === 100, 20), missedFlips: 20 };
    assert.equal(changeOf(with_({}), with_(once), 'missedFlips'), 'not proven');
  });

  it('of nothing at all are no figures', () => {
    assert.equal(changeOf(with_({ frames: 0 }), with_({}), 'missedFlips'), null);
  });
});

describe('what is judged', () => {
  it('is the rate, higher being better, by its mean', () => {
    const head = recordedHead(3);
    const half = { ...head, samples: { ...head.samples, intervalMs: head.samples.intervalMs.map((ms) => ms * 2) } };
    assert.equal(changeOf(head, half, 'flipsPerSecond'), 'worse');
    assert.equal(changeOf(half, head, 'flipsPerSecond'), 'better');
  });

  it('is not what has no samples, or too few', () => {
    const head = recordedHead(3);
    const few = { ...head, samples: { ...head.samples, flushFenceMs: [1, 2, 3], drawMs: [] } };
    assert.equal(changeOf(head, few, 'flushFenceMs'), null);
    assert.equal(changeOf(head, few, 'drawMs'), null);
    assert.equal(changeOf(head, { ...head, cpuMsPerFlip: 99 }, 'cpuMsPerFlip'), null);
  });

  it('is not a difference that rounding makes', () => {
    const [a, b] = [recordedHead(3), recordedHead(4)];
    const tiny = (head: ComparableHead, ms: number) => ({ ...head, samples: { ...head.samples, drawMs: Array<number>(600).fill(ms) } }); // oxfmt-ignore
    assert.equal(changeOf(tiny(a, 0.002), tiny(b, 0.004), 'drawMs'), 'same');
    assert.equal(changeOf(tiny(a, 0.02), tiny(b, 0.04), 'drawMs'), 'worse');
  });
});

describe('two runs', () => {
  const [run, fails] = [recordedRun(recordedHead(1)), { verdict: 'fail', reasons: ['ERR_DRAW: no'] } as const];

  it('that passed and then failed are a regression, also where the second has no figures', () => {
    const { verdict, regressions } = compareRuns(run, { ...run, ...fails });
    assert.deepEqual([verdict, regressions], ['regression', ['passed, then failed: ERR_DRAW: no']]);
    assert.equal(compareRuns({ ...run, ...fails }, { ...run, ...fails }).verdict, 'same');
    const broken = compareRuns(run, { ...fails, heads: [] });
    assert.deepEqual(broken.regressions.slice(1), ['Virtual-1: flipped, then did not']);
    assert.throws(() => compareRuns({ ...fails, heads: [] }, run), { code: 'ERR_USAGE', message: /ERR_DRAW: no/ });
  });

  it('of which the second fails by a figure’s limit alone are judged by the figures', () => {
    const failing = (what: string, reason: string, changes: Partial<ComparableHead> = {}) => {
      const judged = { pace: 'mode', failed: [what] };
      const head = { ...recordedHead(2), ...changes, verdict: 'fail' as const, reasons: [reason], judged };
      return { ...recordedRun(head), verdict: 'fail', reasons: [reason] } as const;
    };
    const edge = compareRuns(run, failing('pace', 'flips a second are 0.9899 of the refresh rate'));
    assert.deepEqual([edge.verdict, edge.regressions], ['same', []]);
    assert.match(edge.notes.join(), /passed, then failed: .*0\.9899.*; no figure behind it differs by more than noise/);
    assert.match(describeComparison(edge).join('\n'), /^note: passed, then failed/m);
    const half = recordedHead(2).samples.intervalMs.map((ms) => ms * 2);
    const slow = failing('pace', 'slow', { samples: { ...recordedHead(2).samples, intervalMs: half } });
    assert.equal(compareRuns(run, slow).verdict, 'regression');
    assert.deepEqual(compareRuns(run, slow).notes, []);
    for (const what of ['faults', 'tearing', 'captures', 'copies'])
      assert.deepEqual(compareRuns(run, failing(what, 'hard')).regressions, ['passed, then failed: hard'], what);
  });

  it('are matched by connector, and a head that is lost is a regression', () => {
    const [one, two] = [recordedHead(1), recordedHead(2, { connector: 'Virtual-2' })];
    const both = recordedRun(one, two);
    assert.deepEqual(
      compareRuns(both, recordedRun(two, one)).heads.map(({ connector }) => connector),
      ['Virtual-1', 'Virtual-2'],
    );
    assert.equal(compareRuns(both, recordedRun(two, one)).verdict, 'same');
    assert.deepEqual(compareRuns(both, recordedRun(one)).regressions, ['Virtual-2: flipped, then did not']);
    assert.equal(compareRuns(recordedRun(one), both).verdict, 'same');
    assert.throws(() => compareRuns(recordedRun(one), recordedRun(two)), { message: /no connector in common/ });
  });

  it('read as a table, with what else differs', () => {
    const slow = recordedHead(2, { factor: 1.5, changes: { path: 'copy', judged: { pace: 'not judged' } } });
    const comparison = compareRuns(run, recordedRun(slow));
    const text = describeComparison(comparison).join('\n');
    assert.match(text, /^Virtual-1 +A +B +B\/A +p$/m);
    assert.match(text, /^flipMs, ms +1\d\.\d\d +1\d\.\d\d +1\.[45]\d+ +<?0\.\d{4} +worse$/m);
    assert.match(text, /^cpuMsPerFlip, ms .*not judged$/m);
    assert.match(text, /^not the same in both: path import, then copy$/m);
    assert.match(text, /^not the same in both: pace judged by mode, then not judged$/m);
    assert.match(text, /^- Virtual-1: flipMs 1\d\.\d\d → 1\d\.\d\d ms \(×1\.[45]\d\)$/m);
    assert.match(text, /^verdict: regression$/m);
  });
});

describe('a difference that may be noise', () => {
  it('is not proven, and how many frames would decide is said', () => {
    let decided = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { heads } = compareRuns(
        recordedRun(recordedHead(2 * seed, { frames: 200 })),
        recordedRun(recordedHead(2 * seed + 1, { frames: 200, factor: 1.08 })),
      );
      const figures = heads[0]?.figures ?? [];
      for (const { change, p, framesToDecide } of figures) {
        assert.equal(change === 'worse' || change === 'better', p !== null && p <= 0.01 && change !== 'same');
        if (change !== 'not proven') assert.equal(framesToDecide, null);
        else if (framesToDecide !== null) {
          assert.ok(framesToDecide > 200 && framesToDecide % 100 === 0, `${framesToDecide}`);
          decided++;
        }
      }
    }
    assert.ok(decided > 20, `${decided}`);
  });
});

describe('a file', () => {
  const head = recordedHead(1);

  it('is the JSON alone, or the output that ends with it, of one head or several', () => {
    for (const text of [JSON.stringify(head), JSON.stringify(head, null, 2), `waiting\n{}\n${JSON.stringify(head)}\n`])
      assert.deepEqual(parseRun(text, 'a').heads, [head]);
    const two = { verdict: 'pass', reasons: [], heads: [head, { ...head, display: { driver: 'x', connector: 'y' } }] };
    assert.equal(parseRun(JSON.stringify(two), 'a').heads.length, 2);
    const failed = { verdict: 'fail', reasons: ['no'], error: { code: 'ERR_NO_DEVICE' } };
    assert.deepEqual(parseRun(JSON.stringify(failed), 'a'), { verdict: 'fail', reasons: ['no'], heads: [] });
  });

  it('without a run’s result, or without samples, is refused with what to do', () => {
    const { samples, ...bare } = head;
    assert.throws(() => parseRun(JSON.stringify(bare), 'a.json'), {
      code: 'ERR_USAGE',
      message: 'a.json has no samples',
      advice: 'run with --json --samples',
    });
    const holes = { ...head, samples: { ...samples, drawMs: [1, null] } };
    assert.throws(() => parseRun(JSON.stringify(holes), 'a'), { code: 'ERR_USAGE', message: /samples\.drawMs\.1/ });
    const heads = { verdict: 'pass', reasons: [], heads: 3 };
    for (const text of ['', 'verdict: pass', '{"verdict"', '[]', '3', '{}', JSON.stringify(heads)])
      assert.throws(() => parseRun(text, 'a'), { code: 'ERR_USAGE', advice: /samples/ });
  });
});
