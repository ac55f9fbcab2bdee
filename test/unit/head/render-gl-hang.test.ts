/** A thread that hangs in the driver, and what is left to the pair and its heads. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { GuestheadError } from '../../../src/errors.js';
import type { Gl } from '../../../src/gl/index.js';
import { GlPairRig } from '../../support/gl-pair-rig.js';

describe('GL that hangs in its driver', () => {
  const timeoutMs = 20;

  async function hung(rig: GlPairRig): Promise<Gl> {
    const opening = rig.gpus.openGl({ timeoutMs });
    const thread = await rig.thread(1);
    thread.end(0);
    const gl = await opening;
    thread.busy = 1000;
    const alive = setInterval(() => undefined, 1000); // as a job of a real thread
    await assert.rejects(gl.createOffscreen(8, 8), { code: 'ERR_GL_TIMEOUT' });
    clearInterval(alive);
    return gl;
  }

  it('is told of later where the renderer is software, which compiles beside all else', async () => {
    for (const software of [false, true]) {
      const rig = await GlPairRig.open();
      const opening = rig.gpus.openGl();
      const thread = await rig.thread(1);
      thread.end(0, undefined, { software });
      const gl = await opening;
      const drawing = gl.createOffscreen(8, 8).catch((error: unknown) => (error as GuestheadError).code);
      thread.busy = 11_000;
      await sleep(1200); // a look each half a second
      assert.equal(gl.closed, !software);
      rig.gpus.close();
      assert.equal(await drawing, software ? 'ERR_CLOSED' : 'ERR_GL_TIMEOUT');
    }
  });

  it('leaves its head all it needs to go on: another device is opened beside the one that the thread holds', async () => {
    const rig = await GlPairRig.open();
    const head = await rig.gpus.openHead({ source: 'gpu' });
    const gl = await hung(rig);
    const [first] = rig.allocators;
    assert.equal(head.info.path, 'import');
    assert.equal(head.info.render.backend, 'fake', 'said without the driver');
    await head.setMode('320x240');
    assert.deepEqual([head.info.path, head.info.mode.width], ['import', 320]);
    assert.ok(first!.buffers.size > 0, 'nothing was asked of the driver that is held');
    const second = await rig.gl(2);
    assert.equal(await rig.gpus.openGl(), second);
    assert.equal(rig.gpus.formats().length, 1);
    rig.threads[0]!.finish();
    await gl.ended();
    assert.deepEqual([first!.loans, first!.buffers.size], [0, 0]);
    rig.gpus.close();
  });

  it('and cannot be opened beside that leaves the paths without the driver; it is asked again with each GL', async () => {
    const rig = await GlPairRig.open();
    const head = await rig.gpus.openHead();
    rig.kernel.fail('createGbm', constants.errno.ENOMEM, { times: 3 });
    await hung(rig);
    await turn();
    await head.setMode('320x240');
    assert.equal(head.info.path, 'udmabuf');
    assert.deepEqual(
      head.info.refused.map(({ path, code }) => [path, code]),
      [['import', 'ERR_GL_TIMEOUT']],
    );
    await assert.rejects(rig.gpus.openGl(), { errno: constants.errno.ENOMEM });
    await rig.gl(2);
    await head.setMode('640x480');
    rig.gpus.close();
  });

  it('and whose driver does not come back for another either says that it holds the old job', async () => {
    const rig = await GlPairRig.open();
    rig.kernel.createGbm = () => new Promise(() => undefined);
    await hung(rig);
    for (let time = 0; time < 2; time++)
      await assert.rejects(rig.gpus.openGl({ timeoutMs }), {
        code: 'ERR_GL_TIMEOUT',
        message: /still holds the job/,
      });
    rig.gpus.close();
  });

  it('as the pair is closed leaves nothing open', async () => {
    const rig = await GlPairRig.open();
    const gl = await hung(rig); // while another is opened
    rig.gpus.close();
    rig.threads[0]!.finish();
    await gl.ended();
    for (let turns = 0; turns < 5; turns++) await turn();
    const { descriptors, nodes, buffers } = rig.kernel.held();
    assert.deepEqual([descriptors, nodes, buffers], [0, 0, 0]);
  });
});
