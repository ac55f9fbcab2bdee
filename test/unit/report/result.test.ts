import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeadInfo } from '../../../src/head/index.js';
import {
  describeRun,
  judgeRun,
  type Circumstances,
  type Figures,
  type HostCaptures,
} from '../../../src/report/index.js';
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
    assert.match(verdictOn({ frames: 0, flipsPerSecond: 0 }).reasons.join(), /no page flip/);
    assert.equal(judgeRun(info, good, seen(3, 2, 0)).verdict, 'fail');
    assert.equal(judgeRun(info, good, seen(3, 3, 1)).verdict, 'fail');
    assert.deepEqual(judgeRun(info, good, { ...circumstances, failures: ['ERR_DRAW: no'] }).reasons, ['ERR_DRAW: no']);
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
    assert.match(text, /verdict: pass$/);
  });
});
