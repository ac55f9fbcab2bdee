import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeadInfo } from '../../../src/head/index.js';
import { describeRun, judgeRun, type Circumstances, type Figures } from '../../../src/report/index.js';
import type { HostCaptures } from '../../../src/render/index.js';
import { flipAt, statsOf } from '../../support/flips.js';

const info: HeadInfo = {
  path: 'import',
  refused: [],
  render: { node: '/dev/dri/card1', driver: 'vgem', backend: 'drm', standIn: true },
  display: { node: '/dev/dri/card0', driver: 'virtio_gpu', connector: 'Virtual-1', head: 0, make: null, model: null },
  mode: { width: 1920, height: 1080, refreshHz: 60 },
  buffers: 4,
  update: 'flip',
  presentMode: 'fifo',
  deadline: false,
};

const good: Figures = {
  ...statsOf(Array.from({ length: 601 }, (_, i) => flipAt(i))),
  cpuMsPerFlip: 0,
  firstFlipMs: 900,
  firstFlip: { loadingMs: 500, mesaMs: 200, devicesMs: 100, drawMs: 60, flipMs: 40 },
};

const circumstances: Circumstances = {
  pacing: { kind: 'timer-paced', advice: '' },
  faults: [],
  host: null,
  failures: [],
};
const seen = (captures: number, exact: number, torn: number, more: Partial<HostCaptures> = {}) => ({
  ...circumstances,
  host: { captures, exact, torn, unreadable: 0, wrong: null, ...more },
});

describe('the verdict', () => {
  const verdictOn = (changes: Partial<Figures>) => judgeRun(info, { ...good, ...changes }, circumstances);

  it('passes a run at the full rate', () => {
    const result = judgeRun(info, good, seen(3, 3, 0));
    assert.deepEqual([result.verdict, result.reasons, result.refreshRatio], ['pass', [], 1]);
  });

  it('fails what is too slow, late, torn or wrong, and says so', () => {
    assert.match(verdictOn({ flipsPerSecond: 59 }).reasons.join(), /0\.9833 of the refresh rate/);
    assert.match(verdictOn({ missedFlips: 7 }).reasons.join(), /7 of 600 flips came late/);
    assert.equal(verdictOn({ missedFlips: 6 }).verdict, 'pass');
    assert.match(verdictOn({ tearRisk: 1 }).reasons.join(), /tear risk/);
    assert.deepEqual(verdictOn({ tearRisk: 1, missedFlips: 7, flipsPerSecond: 59 }).judged.failed, ['tearing', 'pace']);
    assert.deepEqual(judgeRun(info, good, { ...circumstances, failures: ['ERR_DRAW: no'] }).judged.failed, ['faults']);
    assert.match(verdictOn({ frames: 0, flipsPerSecond: 0 }).reasons.join(), /no page flip/);
    assert.equal(judgeRun(info, good, seen(3, 2, 0)).verdict, 'fail');
    assert.equal(judgeRun(info, good, seen(3, 3, 1)).verdict, 'fail');
    assert.deepEqual(judgeRun(info, good, { ...circumstances, failures: ['ERR_DRAW: no'] }).reasons, ['ERR_DRAW: no']);
  });

  describe('under emulation', () => {
    const emulation = 'the lab emulates the processor';
    const on = (changes: Partial<Figures>, more: Partial<Circumstances> = {}) =>
      judgeRun(info, { ...good, ...changes }, { ...circumstances, emulation, ...more });

    it('does not judge the pace, and says so and why', () => {
      const result = on({ flipsPerSecond: 50, missedFlips: 120 }, seen(3, 3, 0));
      assert.deepEqual([result.verdict, result.reasons], ['pass', []]);
      assert.deepEqual(result.judged.what, ['captures', 'tearing', 'copies', 'faults', 'starvation', 'rate']);
      assert.equal(result.judged.pace, 'not judged');
      const text = describeRun(result).join('\n');
      assert.match(text, /^the pace was not judged: the lab emulates .*--strict judges the pace, too$/m);
      assert.match(text, /verdict: pass$/);
    });

    it('judges all that does not vary', () => {
      assert.match(on({ tearRisk: 1 }).reasons.join(), /tear risk/);
      assert.match(on({ starved: 2 }).reasons.join(), /2 flips came late for want of a free buffer/);
      assert.match(on({ bytesCopiedPerFrame: 9 }).reasons.join(), /9 bytes were copied a frame, and the path import/);
      assert.match(on({ flipsPerSecond: 47 }).reasons.join(), /flips a second are 0\.7833 of 60\.00, below 0\.8/);
      assert.match(on({}, seen(3, 2, 0)).reasons.join(), /1 of 3 host captures differ/);
      assert.match(on({ frames: 0, flipsPerSecond: 0 }).reasons.join(), /no page flip/);
      assert.equal(on({}, { failures: ['ERR_DRAW: no'] }).verdict, 'fail');
    });

    it('takes a copy for what it is on the path copy', () => {
      const result = judgeRun({ ...info, path: 'copy' }, { ...good, bytesCopiedPerFrame: 9 }, circumstances);
      assert.deepEqual(result.reasons, []);
    });
  });

  describe('under a host whose screen sets the pace', () => {
    const at75 = { ...info, mode: { width: 1920, height: 1080, refreshHz: 75 } };
    const slow = { flipsPerSecond: 59.9, missedFlips: 151 };
    const modes = [75, 60, 50].map((refreshHz) => ({ width: 1920, height: 1080, refreshHz }));
    const under = (lateShare: number, changes: Partial<Figures> = {}, more: Partial<Circumstances> = {}) =>
      judgeRun(
        at75,
        { ...good, ...slow, ...changes },
        { ...circumstances, hostPace: { hz: 0.8, lateShare }, modes, ...more },
      );

    it('judges by that pace, and says which mode would match it', () => {
      const result = under(0.005);
      assert.deepEqual([result.verdict, result.reasons], ['pass', []]);
      assert.deepEqual(
        [result.judged.pace, result.judged.paceHz, result.judged.matchingMode],
        ['host', 60, '1920x1080@60'],
      );
      assert.match(
        describeRun(result).join('\n'),
        /judged by the host's, 60\.00 a second: .*--mode 1920x1080@60 matches it/,
      );
      assert.equal(result.pacing.kind, 'host-paced');
      assert.match(result.pacing.advice, /--mode 1920x1080@60/);
    });

    it('fails what is not steady by it, torn or starved', () => {
      assert.match(under(0.05).reasons.join(), /30 of 600 flips came late even by the host's pace of 60\.00/);
      assert.match(under(0, { tearRisk: 1 }).reasons.join(), /tear risk/);
      assert.match(under(0, { starved: 1 }).reasons.join(), /want of a free buffer/);
    });

    it('takes a mode of another size where none of this one is as fast, and says where there is none', () => {
      const other = [
        { width: 1920, height: 1200, refreshHz: 59.88 },
        { width: 640, height: 480, refreshHz: 60 },
      ];
      assert.equal(under(0, {}, { modes: other }).judged.matchingMode, '1920x1200@59.88');
      const none = under(0, {}, { modes: modes.slice(0, 1) });
      assert.equal(none.judged.matchingMode, null);
      assert.match(describeRun(none).join('\n'), /no mode of this head is as fast/);
    });

    it('judges by the mode where that is met', () => {
      const result = judgeRun(info, good, { ...circumstances, hostPace: { hz: 0.8, lateShare: 0.9 } });
      assert.deepEqual([result.verdict, result.judged.pace], ['pass', 'mode']);
    });
  });

  it('judges the pace by the mode, on hardware', () => {
    const result = judgeRun(info, good, circumstances);
    const what = ['tearing', 'copies', 'faults', 'pace'];
    assert.deepEqual(result.judged, { what, failed: [], pace: 'mode', paceHz: 60, why: null, matchingMode: null });
  });

  it('tells a capture that differs, and where, from one that could not be read', () => {
    const firstDifference = { x: 5, y: 300, expected: '#bfbf00', actual: '#123456' };
    const differs = {
      kind: 'differs',
      why: 'frame 7 differs at 5,300: #bfbf00 expected, #123456 shown',
      frame: 7,
      firstDifference,
      picture: '/tmp/shot.ppm',
    } as const;
    const wrong = judgeRun(info, good, seen(3, 2, 0, { wrong: differs }));
    assert.equal(wrong.verdict, 'fail');
    assert.deepEqual(wrong.reasons, [
      '1 of 3 host captures differ from what was drawn: frame 7 differs at 5,300: #bfbf00 expected, #123456 shown (kept as /tmp/shot.ppm)',
    ]);
    assert.deepEqual(wrong.host?.wrong?.firstDifference, firstDifference);

    const kind = 'unreadable';
    const unreadable = { kind, why: 'no surface', frame: null, firstDifference: null, picture: null } as const;
    const unknown = judgeRun(info, good, seen(3, 0, 0, { unreadable: 3, wrong: unreadable }));
    assert.equal(unknown.verdict, 'fail');
    assert.deepEqual(unknown.reasons, ['3 of 3 host captures could not be read: no surface']);
    assert.match(describeRun(unknown).join('\n'), /^host: 0 of 3 captures exact, 0 torn, 3 unreadable$/m);
  });

  it('reads as lines for people', () => {
    const text = describeRun(judgeRun(info, good, seen(3, 3, 0))).join('\n');
    assert.match(text, /600 flips in 10\.0 s, 60\.00 a second \(100\.0 %\), 0 missed/);
    assert.match(text, /3 of 3 captures exact/);
    assert.match(text, /^first flip after 900 ms: loading 500, Mesa 200, devices 100, first draw 60, flip 40$/m);
    assert.match(text, /verdict: pass$/);
  });
});
