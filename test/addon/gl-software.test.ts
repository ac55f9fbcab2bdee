/** Mesa's software renderer, which needs no device: what a fake EGL does not show. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { GuestheadError } from '../../src/errors.js';
import { Gl } from '../../src/gl/index.js';
import { loadScript, native, sanitized } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { composition, solid } from './support/gl-rig.js';

const whyNot = await Gl.open({ native }).then(
  (gl) => {
    gl.close();
    return false;
  },
  (error: unknown) => `${(error as GuestheadError).message}: install libegl1, libgles2 and libgl1-mesa-dri`,
);
const scene = { layers: [{ colour: [0, 1, 0, 1], to: { x: 0, y: 0, width: 8, height: 8 } }] } as const;

async function draws(gl: Gl): Promise<void> {
  const picture = await gl.createOffscreen(8, 8);
  (await gl.compose(picture, scene)).fence?.close();
  assert.deepEqual([...(await gl.readPixels(picture, 7, 7, 1, 1))], [0, 255, 0, 255]);
}

/** As the kernel's SCHED_BATCH. */
const batch = '3';

/** This process's, the first one first; without those that end meanwhile. */
function threads(): { readonly name: string; readonly policy: string | undefined }[] {
  return readdirSync('/proc/self/task').flatMap((task) => {
    try {
      const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return [{ name, policy: stat.slice(stat.lastIndexOf(')')).split(' ')[39] }];
    } catch {
      return [];
    }
  });
}

const draw = `
  const description = Float64Array.from(${JSON.stringify([...composition({ fence: 1, layers: [solid] })])});
  let job = 1;
  const gl = globalThis.gl = native.openGl(0n, '', (ended) => {
    if (ended === 2) onDrawing();
    if (ended > 0) gl.compose(++job, description, description.length);
  }, () => {});
  gl.createOffscreen(1, 1, 64, 64);`;

// Under a sanitizer Mesa is only slow, and not what is looked at.
describe('on the software renderer', { skip: sanitized ? 'with the fake EGL' : whyNot }, () => {
  it('the libraries are loaded by the first that draws, and not by the addon', async () => {
    const script = `const { readFileSync } = require('fs');
      const loaded = () => /libEGL|libGLES/.test(readFileSync('/proc/self/maps', 'utf8'));
      ${loadScript}
      const before = loaded();
      const gl = native.openGl(0n, '', () => { console.log(before, loaded()); gl.close(); }, () => {});`;
    const result = await runNode(['-e', script]);
    assert.equal(result.stdout, 'false true\n', transcript(result));
  });

  it('does not take the processor from the event loop that wakes it: it is scheduled as batch work', async () => {
    const eventLoop = threads()[0]?.policy;
    const gl = await Gl.open({ native });
    await draws(gl);
    const all = threads();
    const of = (pattern: RegExp) => all.filter(({ name }) => pattern.test(name)).map(({ policy }) => policy);
    assert.ok(of(/^guesthead-gl$/).includes(batch), JSON.stringify(all)); // Mesa's helpers inherit the name
    assert.deepEqual([...new Set(of(/^llvmpipe-/))], [batch], JSON.stringify(all));
    assert.equal(all[0]?.policy, eventLoop);
    gl.close();
  });

  it('is told as what it is; without a node it has no memory of its own', async () => {
    const gl = await Gl.open({ native });
    assert.deepEqual([gl.info.software, gl.info.ownMemoryOnly], [true, false]);
    gl.close();
  });

  it('the display of one is not taken away by the end of another', async () => {
    const one = await Gl.open({ native });
    const other = await Gl.open({ native });
    await draws(one);
    one.close();
    await draws(other);
    const third = await Gl.open({ native });
    other.close();
    await draws(third);
    third.close();
    const fourth = await Gl.open({ native }); // after the last, all anew
    await draws(fourth);
    fourth.close();
  });

  it('nor by the end of a worker’s', async () => {
    const code = `${loadScript} const onDrawing = () => require('worker_threads').parentPort.postMessage(0); ${draw}`;
    const here = await Gl.open({ native });
    const worker = new Worker(code, { eval: true, execArgv: [] });
    await new Promise((resolve) => worker.once('message', resolve));
    await draws(here);
    await worker.terminate();
    await draws(here);
    here.close();
  });

  it('a process exits in the middle of a drawing: the driver’s libraries go once the thread has ended', async () => {
    const exits = async (ms: number) => {
      const script = `${loadScript} const onDrawing = () => setTimeout(() => process.exit(0), ${ms}); ${draw}`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.signal, result.stderr], [0, null, ''], transcript(result));
    };
    for (let ms = 0; ms < 10; ms += 2) await Promise.all([exits(ms), exits(ms + 1)]);
  });
});
