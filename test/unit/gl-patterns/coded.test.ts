/** The patterns that only the GPU has, on Mesa's software renderer: judged as a capture of them is. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { glPatternNames } from '../../../src/gl-patterns/choices.js';
import { codeLayers, createGlPattern } from '../../../src/gl-patterns/index.js';
import { Gl } from '../../../src/gl/index.js';
import { loadNative } from '../../../src/native/index.js';
import { captureJudge, type Capture } from '../../../src/render/index.js';
import { hasSoftwareGl } from '../../support/software-gl.js';

const captions = () => ({ refreshHz: 59.94, path: 'import', devices: 'vgem → virtio_gpu Virtual-1' });

describe('patterns of the GPU', { skip: hasSoftwareGl() }, () => {
  let gl: Gl;
  before(async () => {
    gl = await Gl.open({ native: loadNative() });
  });
  after(() => {
    gl.close();
  });

  async function drawn(
    name: (typeof glPatternNames)[number],
    size: { width: number; height: number },
    frames: number[],
  ) {
    const { width, height } = size;
    const target = await gl.createOffscreen(width, height);
    const pattern = await createGlPattern(gl, name, captions);
    const captures: Capture[] = [];
    for (const frame of frames) {
      const layers = [...pattern.layers(size, frame, frame / 60), ...codeLayers(size, frame)];
      await gl.compose(target, { layers, fence: 'finish' });
      captures.push({ width, height, rgb: withoutAlpha(await gl.readPixels(target, 0, 0, width, height)) });
    }
    pattern.close();
    target.close();
    return captures;
  }

  for (const name of glPatternNames)
    it(`${name} changes from frame to frame, and passes the judge of its codes at any size`, async () => {
      for (const size of [
        { width: 64, height: 32 },
        { width: 641, height: 401 },
      ]) {
        const judge = captureJudge('codes');
        const captures = await drawn(name, size, [1, 30, 100, 1000]);
        for (const capture of captures) assert.deepEqual(judge(capture).exact, true, JSON.stringify(judge(capture)));
        const middle = captures.map((capture) => middleOf(capture));
        assert.equal(new Set(middle).size, middle.length, 'two frames are the same between their codes');
      }
    });

  it('smpte has its colours at their places, and white letters on black', async () => {
    const [capture] = await drawn('smpte', { width: 700, height: 480 }, [1]);
    assert.ok(capture !== undefined);
    const at = (x: number, y: number) => Buffer.from(capture.rgb).subarray((y * 700 + x) * 3, (y * 700 + x) * 3 + 3);
    const upper = [0, 1, 2, 3, 4, 5, 6].map((bar) => at(bar * 100 + 50, 40).toString('hex'));
    assert.deepEqual(upper, ['bfbfbf', 'bfbf00', '00bfbf', '00bf00', 'bf00bf', 'bf0000', '0000bf']);
    assert.equal(at(50, 340).toString('hex'), '0000bf');
    assert.equal(at(190, 420).toString('hex'), 'ffffff');
    const row = Array.from({ length: 300 }, (_, x) => at(200 + x, 130).toString('hex'));
    assert.ok(row.includes('000000') && row.includes('ffffff'), 'no letters');
  });
});

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  return rgba.filter((_, index) => index % 4 !== 3);
}

function middleOf({ width, height, rgb }: Capture): string {
  return Buffer.from(rgb.subarray(8 * width * 3, (height - 8) * width * 3)).toString('base64');
}
