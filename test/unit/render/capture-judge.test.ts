/** Captures of patterns that are judged by their bar codes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { captureJudge, codeHeight, unfinishedColours, type Capture } from '../../../src/render/index.js';
import { captureOf, drawn, setColour, withRowsOf } from './pictures.js';

const shape = { width: 640, height: 480, padding: 0 };
const middle = shape.height / 2;

/** Any content between the codes, with one pixel that the counter pattern would not have. */
function coded(frame: number): Capture {
  const capture = captureOf(drawn('counter', shape, frame));
  setColour(capture, 10, middle, 0x123456);
  return capture;
}

describe('a judge of bar codes', () => {
  it('passes any content with whole codes, in the order of the frames', () => {
    const judge = captureJudge('codes');
    for (const frame of [5, 9, 9, 12]) {
      const { exact, torn } = judge(coded(frame));
      assert.deepEqual([exact, torn], [true, false]);
    }
  });

  it('takes the wrap of the number for no step back', () => {
    const judge = captureJudge('codes');
    assert.ok(judge(coded(2 ** 32 - 2)).exact);
    assert.ok(judge(coded(3)).exact);
  });

  it('says that an older frame is shown after a newer one', () => {
    const judge = captureJudge('codes');
    judge(coded(9));
    const { exact, torn, fault } = judge(coded(8));
    assert.deepEqual([exact, torn, fault], [false, false, 'frame 8 is shown after frame 9']);
  });

  it('calls two frames in one capture torn', () => {
    const torn = withRowsOf(coded(8), coded(9), middle, shape.height);
    const verdict = captureJudge('codes')(torn);
    assert.deepEqual([verdict.exact, verdict.torn, verdict.frame], [false, true, 8]);
  });

  it('looks at each pixel of the codes', () => {
    const capture = coded(8);
    setColour(capture, 1, shape.height - codeHeight(shape.height), 0x010101);
    const { exact, firstDifference } = captureJudge('codes')(capture);
    assert.deepEqual([exact, firstDifference?.x, firstDifference?.actual], [false, 1, 0x010101]);
  });

  it('sees work that lies open between whole codes', () => {
    for (const colour of unfinishedColours) {
      const capture = coded(8);
      for (let x = 100; x < 108; x++) setColour(capture, x, middle, colour);
      const { exact, torn, fault } = captureJudge('codes')(capture);
      assert.deepEqual([exact, torn, fault], [false, true, `frame 8 is not finished at 100,${middle}`]);
    }
  });

  it('has nothing to say of a capture without codes', () => {
    const { frame, exact } = captureJudge('codes')(captureOf(drawn('bars', shape, 3)));
    assert.deepEqual([frame, exact], [undefined, false]);
  });
});
