/** Each path's memory is such as every GPU imports as it is, whatever the mode's width and height. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { pathNames } from '../../../src/buffer/choices.js';
import { paddedSize } from '../../../src/buffer/padding.js';
import { createPattern, judgeCapture } from '../../../src/render/index.js';
import { closeAll, HeadOnFake } from '../../support/fake-head.js';
import { captureOf } from '../render/pictures.js';

/** A GPU that aligns as little as vgem does, and takes no more than AMD's. */
const strict = { rowAlignmentBytes: 4, importedRowAlignmentBytes: 256, importedHeightAlignmentRows: 16 };

afterEach(closeAll);

describe('the memory of a picture', () => {
  it('has rows of a multiple of 256 bytes, and a multiple of 16 rows', () => {
    assert.deepEqual(paddedSize({ width: 1366, height: 768 }), { width: 1408, height: 768 });
    assert.deepEqual(paddedSize({ width: 801, height: 601 }), { width: 832, height: 608 });
    assert.deepEqual(paddedSize({ width: 1920, height: 1080 }), { width: 1920, height: 1088 });
    assert.deepEqual(paddedSize({ width: 8192, height: 8192 }), { width: 8192, height: 8192 });
  });

  for (const path of pathNames)
    for (const [width, height] of [
      [1366, 768],
      [801, 601],
    ] as const)
      it(`of ${width}x${height} by the path ${path} is taken by a strict GPU, and shows every pixel`, async () => {
        const connectors = [{ modes: [{ width, height }] }];
        const rig = await HeadOnFake.open({ connectors, layout: strict, head: { path, source: 'gpu' } });
        const counter = createPattern('counter');
        await rig.start((frame) => {
          counter.draw(frame, frame.number, frame.age);
        });
        await rig.flip(6);
        const {
          pixels,
          strideBytes: stride,
          ...shown
        } = rig.kernel.screen().picture ?? assert.fail('nothing is shown');
        assert.ok(pixels !== undefined);
        assert.deepEqual(shown, { width, height });
        assert.equal(stride % 256, 0);
        assert.ok(pixels.byteLength >= stride * Math.ceil(height / 16) * 16, `${pixels.byteLength} bytes`);
        const { exact, torn } = judgeCapture(captureOf({ ...shown, stridePixels: stride / 4, pixels }));
        assert.deepEqual([exact, torn], [true, false]);
        await rig.close();
      });
});
