/** sync_files and the sampling of flush fences, on a fake kernel where a pipe is signalled while it is readable. */
import assert from 'node:assert/strict';
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { access } from '../../src/native/index.js';
import { loadScript, native } from './support/addon.js';
import { runNode } from './support/child.js';
import { Fifo, fifoScript, openDescriptors } from './support/descriptors.js';
import { underFakeKernel } from './support/fake-kernel.js';

const signalledNs = 123_456_789;
const threads = (): number => readdirSync('/proc/self/task').length;

underFakeKernel(import.meta.url, () => {
  let dmabuf: Fifo;
  beforeEach(() => {
    dmabuf = new Fifo();
  });
  afterEach(() => dmabuf.close());

  describe('exportSyncFile', () => {
    it('gives a descriptor to the caller', () => {
      const before = openDescriptors();
      const fd = native.exportSyncFile(dmabuf.fd, access.read);
      assert.equal(openDescriptors(), before + 1);
      assert.notEqual(fd, dmabuf.fd);
      closeSync(fd);
    });
  });

  describe('importSyncFile', () => {
    it('hands the kernel both descriptors and the access', () => {
      const before = openDescriptors();
      for (const how of [access.read, access.write, access.readWrite]) native.importSyncFile(dmabuf.fd, dmabuf.fd, how);
      const log = readFileSync(join(process.env['FAKE_KERNEL'] ?? '', 'imports'), 'utf8');
      assert.deepEqual(
        log.trim().split('\n'),
        [1, 2, 3].map((how) => `${dmabuf.fd} ${dmabuf.fd} ${how}`),
      );
      assert.equal(openDescriptors(), before);
    });
  });

  describe('mergeSyncFiles', () => {
    it('gives a new descriptor to the caller, who keeps the two', () => {
      const before = openDescriptors();
      const second = new Fifo();
      const merged = native.mergeSyncFiles(dmabuf.fd, second.fd);
      assert.equal(openDescriptors(), before + 2);
      assert.notEqual(merged, second.fd);
      assert.equal(native.syncFileInfo(merged).status, 0);
      second.write();
      assert.equal(native.syncFileInfo(merged).status, 1);
      closeSync(merged);
      second.close();
      assert.equal(openDescriptors(), before);
    });
  });

  describe('syncFileInfo', () => {
    it('tells a pending fence from a signalled one', () => {
      const driver = 'd'.repeat(32);
      const pending = { driver, timeline: 'controlq', status: 0, timestampNs: 0 };
      assert.deepEqual(native.syncFileInfo(dmabuf.fd), { status: 0, fences: [pending] });
      dmabuf.write();
      const signalled = { ...pending, status: 1, timestampNs: signalledNs };
      assert.deepEqual(native.syncFileInfo(dmabuf.fd), { status: 1, fences: [signalled] });
    });
  });

  describe('sampleFence', () => {
    it('waits for a pending fence and resolves with its time', async () => {
      const started = performance.now();
      const sample = native.sampleFence(dmabuf.fd, 100, 10_000);
      setTimeout(() => dmabuf.write(), 50);
      assert.equal(await sample, signalledNs);
      assert.ok(performance.now() - started >= 45);
    });

    it('looks until a fence is pending', async () => {
      dmabuf.write();
      const sample = native.sampleFence(dmabuf.fd, 100, 10_000);
      await delay(20);
      dmabuf.drain();
      await delay(50);
      dmabuf.write();
      assert.equal(await sample, signalledNs);
    });

    it('resolves with 0 where none comes in time', async () => {
      dmabuf.write();
      const started = performance.now();
      assert.equal(await native.sampleFence(dmabuf.fd, 100, 30), 0);
      assert.ok(performance.now() - started >= 29);
      assert.equal(await native.sampleFence(dmabuf.fd, 0, 0), 0);
    });

    it('resolves with 0 where it does not signal in time', async () => {
      assert.equal(await native.sampleFence(dmabuf.fd, 100, 30), 0);
    });

    it('needs neither the descriptor nor its result', async () => {
      const sample = native.sampleFence(dmabuf.fd, 100, 30);
      dmabuf.close();
      assert.equal(await sample, 0);
    });

    it('samples several at once, and leaves no descriptor or thread', async () => {
      const [descriptors, tasks] = [openDescriptors(), threads()];
      const samples = Array.from({ length: 20 }, () => native.sampleFence(dmabuf.fd, 100, 10_000));
      assert.ok(threads() >= tasks + 20);
      let readable = false;
      const signalling = setInterval(() => {
        if (readable) dmabuf.drain(); // A thread that starts late sees the next one.
        else dmabuf.write();
        readable = !readable;
      }, 20);
      const times = await Promise.all(samples);
      clearInterval(signalling);
      assert.deepEqual(new Set(times), new Set([signalledNs]));
      assert.equal(openDescriptors(), descriptors);
      assert.equal(threads(), tasks);
    });

    it('does not hold up process.exit()', async () => {
      const script = `${loadScript}
        ${fifoScript}
        for (let i = 0; i < 5; i++) native.sampleFence(fd, 100, 600000).then(() => console.log('wrong'));
        setTimeout(() => process.exit(0), 100);`;
      // Far below the samples' ten minutes, far above what a busy machine takes to start.
      const result = await runNode(['-e', script], { limitMs: 120_000 });
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', '']);
    });
  });
});
