/** Environments that end, and objects that are collected, with everything still open. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { commitFlag } from '../../src/native/index.js';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { Fifo, memoryFile, openDescriptors } from './support/descriptors.js';
import { FakeCard, ids, underFakeKernel } from './support/fake-kernel.js';
import { turns } from './support/loop.js';

const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;

/**
 * Opens one of everything on `pipe` and `file`: a flip under way, fences that
 * are waited for, a sampling. Any callback is an error that is seen.
 */
const openAll = `
  const wrong = (what) => () => { console.error('called: ' + what); };
  const openAll = ({ pipe, pending, file }) => {
    const device = native.openDevice(pipe);
    const handlers = { flip: wrong('flip'), fence: wrong('fence'), error: wrong('error') };
    const scanouts = [0, 1].map(() => device.createScanout(${JSON.stringify(ids)}, handlers));
    for (const scanout of scanouts) {
      for (const slot of [0, 1, 2, 3]) scanout.attach(slot, 7, slot === 3 ? -1 : pending);
      scanout.setCurrent(0);
      if (scanout.commit(1, -1, ${flipFlags}, false) !== 0) throw new Error('commit');
    }
    const mapping = native.mapDmabuf(file, 65536, 3);
    new Uint8Array(mapping.buffer).fill(1);
    const watcher = native.watchReadable(pipe, wrong('watcher'));
    native.sampleFence(pending, 100, 600000).then(wrong('sample'), wrong('rejection'));
    return [device, ...scanouts, mapping, watcher];
  };`;

/** Makes its own descriptors. */
const openFiles = `
  const fs = require('fs');
  const { execSync } = require('child_process');
  const folder = fs.mkdtempSync('/dev/shm/guesthead-');
  execSync('mkfifo ' + folder + '/pipe ' + folder + '/pending');
  const flags = fs.constants.O_RDWR | fs.constants.O_NONBLOCK;
  const files = {
    pipe: fs.openSync(folder + '/pipe', flags),
    pending: fs.openSync(folder + '/pending', flags),
    file: fs.openSync(folder + '/file', 'w+'),
  };
  fs.writeSync(files.file, Buffer.alloc(65536));
  fs.rmSync(folder, { recursive: true });`;

const isMapped = (fd: number): boolean => readFileSync('/proc/self/maps', 'utf8').includes(` ${fstatSync(fd).ino} `);

underFakeKernel(import.meta.url, () => {
  describe('a worker', () => {
    const run = async (script: string, end: (worker: Worker) => Promise<unknown>): Promise<void> => {
      const files = { pipe: new Fifo(), pending: new Fifo(), file: memoryFile(65_536) };
      const before = openDescriptors();
      const workerData = { pipe: files.pipe.fd, pending: files.pending.fd, file: files.file };
      const code = `const { workerData, parentPort } = require('worker_threads'); ${loadScript} ${openAll} ${script}`;
      const worker = new Worker(code, { eval: true, workerData, execArgv: [], stderr: true });
      let said = '';
      worker.stderr.on('data', (text: Buffer) => (said += text.toString()));
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      assert.ok(isMapped(files.file));
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await end(worker);
      await exited;
      await turns();
      assert.equal(said, '');
      assert.equal(isMapped(files.file), false);
      assert.equal(openDescriptors(), before);
      files.pipe.close();
      files.pending.close();
      closeSync(files.file);
    };

    it('is terminated with everything open', async () => {
      for (let round = 0; round < 5; round++) {
        await run(`globalThis.all = openAll(workerData); parentPort.postMessage('open');`, (worker) =>
          worker.terminate(),
        );
      }
    });

    /** What the kernel was asked for by a worker that left two requests and then took one back, or closed its device. */
    const lastWill = async (lines: string, end: (worker: Worker) => unknown) => {
      const card = new FakeCard();
      const code = `const { parentPort } = require('worker_threads'); ${loadScript}
        const request = (object) => ({
          objects: Uint32Array.of(object, object),
          properties: Uint32Array.of(1, 2),
          values: BigUint64Array.of(3n, 4n),
        });
        const device = globalThis.device = native.openDevice(${card.fd});
        for (const crtc of [30, 20, 20]) device.commitAtEnd(crtc, request(crtc));
        ${lines}
        parentPort.once('message', () => process.exit());
        parentPort.postMessage('ready');`;
      const worker = new Worker(code, { eval: true, execArgv: [] });
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await new Promise((resolve) => worker.once('message', resolve));
      assert.deepEqual(card.commits(), []);
      await end(worker);
      await exited;
      card.card.close();
      return card.commits().map(({ flags, assignments }) => [flags, ...assignments].join(' '));
    };
    const willOf = (crtc: number) => `${commitFlag.allowModeset} ${crtc}:1=3 ${crtc}:2=4`;

    it('has what it left for its end committed, once for each CRTC, when it is terminated', async () => {
      assert.deepEqual(await lastWill('', (worker) => worker.terminate()), [willOf(20), willOf(30)]);
    });

    it('has it committed when it exits by itself', async () => {
      assert.deepEqual(await lastWill('', (worker) => worker.postMessage('exit')), [willOf(20), willOf(30)]);
    });

    it('has nothing committed that was taken back, or whose device was closed', async () => {
      const end = (worker: Worker) => worker.terminate();
      assert.deepEqual(await lastWill('device.commitAtEnd(20, null);', end), [willOf(30)]);
      assert.deepEqual(await lastWill('device.close();', end), []);
    });

    it('is terminated while its script runs', async () => {
      const script = `globalThis.all = openAll(workerData); parentPort.postMessage('open'); for (;;);`;
      await run(script, (worker) => worker.terminate());
    });

    it('exits by itself with everything open', async () => {
      const script = `globalThis.all = openAll(workerData);
        parentPort.postMessage('open');
        setTimeout(() => process.exit(0), 50);`;
      await run(script, () => delay(0));
    });

    it('is terminated while its objects are called back', async () => {
      const pipe = new Fifo();
      pipe.write();
      const code = `const { parentPort } = require('worker_threads'); ${loadScript}
        let calls = 0;
        native.watchReadable(${pipe.fd}, () => { if (++calls === 100) parentPort.postMessage('busy'); });`;
      const before = openDescriptors();
      const worker = new Worker(code, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      await turns();
      assert.equal(openDescriptors(), before);
      pipe.close();
    });

    it('may throw in a handler, which ends it alone', async () => {
      const pipe = new Fifo();
      pipe.write();
      const code = `${loadScript} native.watchReadable(${pipe.fd}, () => { throw new Error('of the worker'); });`;
      const worker = new Worker(code, { eval: true, execArgv: [] });
      const error = await new Promise<Error>((resolve) => worker.once('error', resolve));
      assert.equal(error.message, 'of the worker');
      pipe.close();
    });

    it('shares nothing with this thread', async () => {
      const pipe = new Fifo();
      const here = native.openDevice(pipe.fd);
      const code = `${loadScript} native.openDevice(${pipe.fd});`;
      const worker = new Worker(code, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once('exit', resolve));
      here.createScanout(ids, { flip: () => undefined, fence: () => undefined, error: () => undefined });
      here.close();
      pipe.close();
    });
  });

  describe('a process', () => {
    const ends = async (ending: string, status = 0): Promise<void> => {
      const script = `${loadScript} ${openFiles} ${openAll} globalThis.all = openAll(files); ${ending}`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.signal, result.stderr], [status, null, ''], transcript(result));
    };

    it('exits with everything open', () => ends('process.exit(0);'));
    it('exits later with everything open', () => ends('setTimeout(() => process.exit(3), 100);', 3));
    it("exits from an 'exit' listener's point of view", () =>
      ends(
        "process.on('exit', () => all.forEach((object) => object.close())); setTimeout(() => process.exit(0), 50);",
      ));
    it('closes everything and ends by itself but for the sampling', () =>
      ends('all.forEach((object) => object.close()); setTimeout(() => process.exit(0), 50);'));

    it('ends by itself with idle objects open', async () => {
      const script = `${loadScript} ${openFiles}
        const device = native.openDevice(files.pipe);
        const noop = () => {};
        const scanout = device.createScanout(${JSON.stringify(ids)}, { flip: noop, fence: noop, error: noop });
        scanout.attach(0, 1, files.pending);
        globalThis.all = [device, scanout, native.mapDmabuf(files.file, 65536, 3)];`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', ''], transcript(result));
    });

    it('exits while a worker has everything open', async () => {
      const worker = `const { workerData } = require('worker_threads'); ${loadScript} ${openAll}
        globalThis.all = openAll(workerData);`;
      const script = `${openFiles} const { Worker } = require('worker_threads');
        new Worker(${JSON.stringify(worker)}, { eval: true, workerData: files });
        setTimeout(() => process.exit(0), 500);`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', ''], transcript(result));
    });

    it('dies of what a handler throws, as of any uncaught error', async () => {
      const script = `${loadScript} ${openFiles}
        native.watchReadable(files.pipe, () => { throw new Error('uncaught'); });
        fs.writeSync(files.pipe, 'x');`;
      const result = await runNode(['-e', script]);
      assert.equal(result.status, 1, transcript(result));
      assert.match(result.stderr, /Error: uncaught/);
    });
  });

  describe('objects that nobody closed', () => {
    it('are collected with what they hold', async () => {
      const script = `${loadScript} ${openFiles}
        const count = () => fs.readdirSync('/proc/self/fd').length;
        const noop = () => {};
        const round = () => {
          const device = native.openDevice(files.pipe);
          const scanout = device.createScanout(${JSON.stringify(ids)}, { flip: noop, fence: noop, error: noop });
          scanout.attach(0, 1, files.pending);
          native.mapDmabuf(files.file, 65536, 3);
        };
        const before = count();
        for (let i = 0; i < 100; i++) round();
        const open = count();
        (async () => {
          for (let i = 0; i < 50 && count() > before; i++) { gc(); await new Promise(setImmediate); }
          console.log(open > before, count() - before);
        })();`;
      const result = await runNode(['--expose-gc', '-e', script]);
      assert.deepEqual([result.stdout, result.stderr], ['true 0\n', ''], transcript(result));
    });

    it('but are watching go on', async () => {
      const script = `${loadScript} ${openFiles}
        native.watchReadable(files.pipe, () => { console.log('still'); process.exit(0); });
        (async () => {
          for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate); }
          fs.writeSync(files.pipe, 'x');
        })();`;
      const result = await runNode(['--expose-gc', '-e', script]);
      assert.equal(result.stdout, 'still\n', transcript(result));
    });

    it('let a scanout outlive its device', async () => {
      const script = `${loadScript} ${openFiles}
        const noop = () => {};
        const ids = ${JSON.stringify(ids)};
        const scanout = native.openDevice(files.pipe).createScanout(ids, { flip: noop, fence: noop, error: noop });
        scanout.attach(0, 1, -1);
        (async () => {
          for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate); }
          console.log(scanout.commit(0, -1, 0, false));
          scanout.close();
        })();`;
      const result = await runNode(['--expose-gc', '-e', script]);
      assert.equal(result.stdout, '0\n', transcript(result));
    });
  });
});
