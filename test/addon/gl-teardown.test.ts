/** Environments and processes that end in the middle of GL's work. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { loadScript, sanitized } from './support/addon.js';
import { transcript } from './support/child.js';
import { openDescriptors } from './support/descriptors.js';
import { driver, openAtDriver, runOnFakeEgl, underFakeEgl } from './support/fake-egl.js';
import { composition, solid } from './support/gl-rig.js';
import { turns } from './support/loop.js';

const numbers = JSON.stringify([...composition({ layers: [solid] })]);

/** Two of them with many drawings under way; `onDrawing` runs once one has ended. */
const draw = `
  const description = Float64Array.from(${numbers});
  const draw = (onDrawing) => [0, 1].map(() => {
    let told = 0;
    const gl = native.openGl(0n, '', (job, failure, fence) => {
      if (failure !== undefined) console.error('failed: ' + JSON.stringify(failure));
      if (fence >= 0) require('fs').closeSync(fence);
      if (job === 2 && ++told === 1) onDrawing();
    }, () => {});
    gl.createOffscreen(1, 1, 64, 64);
    for (let job = 2; job < 24; job++) gl.compose(job, description, description.length);
    return gl;
  });`;

underFakeEgl(import.meta.url, () => {
  beforeEach(() => {
    driver('native-fence', 'slow-draw');
  });

  describe('a worker that draws', () => {
    const run = async (onDrawing: string, end: (worker: Worker) => unknown): Promise<void> => {
      const before = openDescriptors();
      const code = `const { parentPort } = require('worker_threads'); ${loadScript} ${draw}
        globalThis.all = draw(() => { ${onDrawing} });`;
      const worker = new Worker(code, { eval: true, execArgv: [], stderr: true, trackUnmanagedFds: false });
      let said = '';
      worker.stderr.on('data', (text: Buffer) => (said += text.toString()));
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await end(worker);
      await exited;
      await turns();
      assert.equal(said, '');
      assert.deepEqual(openAtDriver(), {});
      assert.ok(openDescriptors() <= before, `${openDescriptors()} descriptors, ${before} before`);
    };
    const tell = "parentPort.postMessage('drawing');";

    it('is terminated', async () => {
      for (let round = 0; round < (sanitized ? 1 : 3); round++) await run(tell, (worker) => worker.terminate());
    });

    it('is terminated while its script runs and results wait', () =>
      run(`${tell} for (;;);`, async (worker) => {
        await turns(50);
        await worker.terminate();
      }));

    it('exits by itself', () => run(`${tell} setTimeout(() => process.exit(0), 60);`, () => undefined));

    it('closes in a result', () => run(`for (const gl of all) gl.close(); ${tell}`, () => undefined));

    it('leaves this thread’s drawings alone', async () => {
      const code = `const { parentPort } = require('worker_threads'); ${loadScript} ${draw}
        globalThis.all = draw(() => parentPort.postMessage('drawing'));`;
      const worker = new Worker(code, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once('message', resolve));
      const { GlRig } = await import('./support/gl-rig.js');
      const rig = await GlRig.open();
      await worker.terminate();
      for (let job = 1; job <= 3; job++) rig.compose(job);
      await rig.result(3);
      assert.deepEqual(
        rig.told.filter(({ failure }) => failure !== undefined),
        [],
      );
      await rig.close();
      rig.closeFences();
      assert.deepEqual(openAtDriver(), {});
    });
  });
});

describe('a process that draws', () => {
  const ends = async (onDrawing: string, status = 0): Promise<void> => {
    const script = `${loadScript} ${draw} globalThis.all = draw(() => { ${onDrawing} });`;
    const result = await runOnFakeEgl(['-e', script], ['native-fence', 'slow-draw']);
    assert.deepEqual([result.status, result.signal, result.stderr], [status, null, ''], transcript(result));
  };

  const slow = { skip: sanitized && 'a process each, and each is slow under a sanitizer' };
  it('exits', () => ends('process.exit(3);', 3));
  it('exits while it opens', slow, async () => {
    const script = `${loadScript} globalThis.gl = native.openGl(0n, '', () => {}, () => {}); process.exit(0);`;
    const result = await runOnFakeEgl(['-e', script], ['slow-draw']);
    assert.deepEqual([result.status, result.signal, result.stderr], [0, null, ''], transcript(result));
  });
  it('closes everything and ends by itself', slow, () => ends('for (const gl of all) gl.close();'));
  it('ends by itself once all is drawn, with everything open', slow, () => ends(''));
  it('exits while a worker draws', async () => {
    const worker = `const { parentPort } = require('worker_threads'); ${loadScript} ${draw}
      globalThis.all = draw(() => parentPort.postMessage('drawing'));`;
    const script = `const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(worker)}, { eval: true, trackUnmanagedFds: false })
        .once('message', () => process.exit(0));`;
    const result = await runOnFakeEgl(['-e', script], ['native-fence', 'slow-draw']);
    assert.deepEqual([result.status, result.signal, result.stderr], [0, null, ''], transcript(result));
  });
  it('dies of what a result throws, as of any uncaught error', async () => {
    const script = `${loadScript} ${draw} draw(() => { throw new Error('uncaught'); });`;
    const result = await runOnFakeEgl(['-e', script], ['native-fence', 'slow-draw']);
    assert.deepEqual([result.status, result.signal], [1, null], transcript(result));
    assert.match(result.stderr, /Error: uncaught/);
  });
});
