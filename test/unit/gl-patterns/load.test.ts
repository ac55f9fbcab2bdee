/** The GPU's work before a frame's content, on Mesa's software renderer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Load } from '../../../src/gl-patterns/load.js';
import { Gl } from '../../../src/gl/index.js';
import { loadNative } from '../../../src/native/index.js';
import { unfinishedColours } from '../../../src/render/index.js';
import { hasSoftwareGl } from '../../support/software-gl.js';

const size = { width: 256, height: 64 };

describe('load', { skip: hasSoftwareGl() }, () => {
  let gl: Gl;
  before(async () => {
    gl = await Gl.open({ native: loadNative() });
  });
  after(() => {
    gl.close();
  });

  it('takes at least about as long as asked for, and longer where more is', async () => {
    const [short, long] = [await measured(5), await measured(40)];
    assert.ok(long > 2 * short, `${short} and ${long} ms`);
  });

  async function measured(ms: number): Promise<number> {
    const load = await Load.create(gl, ms);
    const target = await gl.createOffscreen(size.width, size.height);
    await load.calibrate(target, size);
    target.close();
    assert.ok(load.isFor(size) && !load.isFor({ width: 64, height: 64 }));
    load.close();
    return load.ms;
  }

  it('leaves nothing but the colours of what is unfinished, in squares', async () => {
    const load = await Load.create(gl, 1);
    const target = await gl.createOffscreen(size.width, size.height);
    await load.calibrate(target, size);
    await gl.compose(target, { ...load.scene(size), fence: 'finish' });
    const bytes = await gl.readPixels(target, 0, 0, size.width, size.height);
    const seen = new Set<number>();
    for (let at = 0; at < bytes.length; at += 4)
      seen.add(((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0));
    assert.deepEqual([...seen].sort(), [...unfinishedColours].sort());
    target.close();
    load.close();
  });
});
