/** Who judges what is shown, and when it looks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format } from '../../../src/ffi/index.js';
import { createPattern } from '../../../src/render/index.js';
import { Judging, type Shown } from '../../../src/sinks/index.js';

/** Shows a frame of the counter pattern, or black. */
function shown(frame: number | undefined, waits: boolean, onRead: () => void = () => undefined): Shown {
  const [width, height] = [64, 32];
  const pixels = new Uint32Array(width * height);
  if (frame !== undefined) createPattern('counter').draw({ width, height, stridePixels: width, pixels }, frame, 0);
  const picture = { width, height, strideBytes: width * 4, format: format.XRGB8888 };
  return {
    waits,
    updates: 1,
    read: (use) => {
      onRead();
      return use({ ...picture, pixels: new Uint8Array(pixels.buffer) });
    },
  };
}

describe('who judges what is shown', () => {
  it('says nothing of what was there before the pattern', () => {
    const judging = new Judging();
    for (const frame of [undefined, undefined, 5, undefined]) judging.update(shown(frame, true));
    assert.deepEqual(judging.facts()['judge'], {
      ...{ judged: 2, exact: 1, torn: 0, before: 2, passedOver: 0, lastFrame: 5 },
      wrong: 'picture 2 has no readable number',
    });
    assert.match(judging.reasons()[0] ?? '', /1 of 2 pictures are not exact/);
  });

  it('leaves half of the time to the reading of copies, and looks at each picture that waits for it', () => {
    for (const [waits, judged, passedOver] of [
      [false, 2, 2],
      [true, 4, 0],
    ] as const) {
      let now = 0;
      const judging = new Judging(Infinity, () => now);
      for (const at of [0, 15, 19, 20]) {
        now = Math.max(now, at);
        judging.update(shown(at, waits, () => (now += 10))); // each look takes so long
      }
      const { judge } = judging.facts() as { judge: { judged: number; passedOver: number } };
      assert.deepEqual([judge.judged, judge.passedOver], [judged, passedOver]);
    }
  });

  it('has enough after as many as were asked for', async () => {
    const judging = new Judging(1);
    judging.update(shown(undefined, true));
    const early = await Promise.race([judging.done.then(() => 'done'), Promise.resolve('not yet')]);
    judging.update(shown(1, true));
    await judging.done;
    assert.equal(early, 'not yet');
  });
});
