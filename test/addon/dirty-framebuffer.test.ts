/** Flushing a framebuffer, on a fake kernel where the ioctl blocks until the pipe that is the device is readable. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { Fifo, fifoScript, openDescriptors } from './support/descriptors.js';
import { underFakeKernel } from './support/fake-kernel.js';
import { turns, until } from './support/loop.js';

const inFolder = (name: string): string => join(process.env['FAKE_KERNEL'] ?? '', name);
const threads = (): number => readdirSync('/proc/self/task').length;

underFakeKernel(import.meta.url, () => {
  let card: Fifo;
  beforeEach(() => {
    card = new Fifo();
    writeFileSync(inFolder('flushes'), '');
  });
  afterEach(() => card.close());

  describe('dirtyFramebuffer', () => {
    it('asks for the whole framebuffer, and resolves once the kernel returns', async () => {
      let resolved = false;
      const flush: Promise<unknown> = native.dirtyFramebuffer(card.fd, 42).finally(() => (resolved = true));
      await turns();
      assert.equal(resolved, false);
      card.write();
      assert.equal(await flush, undefined);
      assert.equal(readFileSync(inFolder('flushes'), 'utf8'), '42 0 0\n');
    });

    it('rejects with what the kernel says', async () => {
      card.write();
      writeFileSync(inFolder('errnos'), '22');
      const refusal = { errno: 22, code: 'EINVAL', syscall: 'DRM_IOCTL_MODE_DIRTYFB' };
      await assert.rejects(native.dirtyFramebuffer(card.fd, 1), refusal);
      await native.dirtyFramebuffer(card.fd, 1);
    });

    it('leaves no descriptor or thread, nor needs the descriptor meanwhile', async () => {
      const device = new Fifo();
      const [descriptors, tasks] = [openDescriptors(), threads()];
      const flushes = Array.from({ length: 10 }, () => native.dirtyFramebuffer(device.fd, 1));
      assert.ok(threads() >= tasks + 10);
      device.write();
      device.close();
      await Promise.all(flushes);
      assert.equal(openDescriptors(), descriptors - 1);
      assert.equal(threads(), tasks);
    });

    it('keeps the process alive', async () => {
      const script = `${loadScript}
        ${fifoScript}
        native.dirtyFramebuffer(fd, 1).then(() => console.log('flushed'));
        setTimeout(() => fs.writeSync(fd, 'x'), 200).unref();`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'flushed\n', ''], transcript(result));
    });

    it('does not hold up process.exit()', async () => {
      const script = `${loadScript}
        ${fifoScript}
        for (let i = 0; i < 5; i++) native.dirtyFramebuffer(fd, 1).then(() => console.log('wrong'));
        setTimeout(() => process.exit(0), 100);`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', ''], transcript(result));
    });
  });

  describe('a worker that ends in mid-call', () => {
    it('leaves the call to itself, which then closes its descriptor', async () => {
      const before = openDescriptors();
      const tasks = threads();
      const code = `const { parentPort } = require('worker_threads'); ${loadScript}
        for (let i = 0; i < 3; i++) native.dirtyFramebuffer(${card.fd}, 1).finally(() => console.error('wrong'));
        parentPort.postMessage('called');`;
      const worker = new Worker(code, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      await turns();
      assert.equal(openDescriptors(), before + 3);
      card.write();
      await until(() => openDescriptors() === before && threads() === tasks);
    });

    it('may be the only one that ever loaded the addon', async () => {
      const script = `${fifoScript} const { Worker } = require('worker_threads');
        const code = ${JSON.stringify(loadScript)} + 'native.dirtyFramebuffer(' + fd + ', 1);'
          + 'require("worker_threads").parentPort.postMessage("called");';
        const worker = new Worker(code, { eval: true, execArgv: [] });
        const count = () => fs.readdirSync('/proc/self/task').length;
        worker.once('message', async () => {
          await worker.terminate();
          const left = count();
          fs.writeSync(fd, 'x');
          for (let i = 0; i < 500 && count() >= left; i++) await new Promise((resolve) => setTimeout(resolve, 10));
          console.log(count() < left);
        });`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'true\n', ''], transcript(result));
    });
  });
});
