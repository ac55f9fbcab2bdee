/** Clients' timelines, on a fake kernel where a pipe is a syncobj. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { NativeSyncDevice } from '../../src/native/sync.js';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { closedFd, Fifo, fifoScript, openDescriptors } from './support/descriptors.js';
import { underFakeKernel } from './support/fake-kernel.js';
import { turns } from './support/loop.js';

const noop = (): void => undefined;
const unexpected = (): never => assert.fail('it was told');
/** Of a call, in drm.h. */
const numbers = { getCap: 0x0c, create: 0xbf, export: 0xc1, import: 0xc2, wait: 0xca, signal: 0xcd, eventfd: 0xcf };

underFakeKernel(import.meta.url, () => {
  const inFolder = (name: string) => join(process.env['FAKE_KERNEL'] ?? '', name);
  let node: Fifo;
  let syncobj: Fifo;
  let descriptors: number;
  let device: NativeSyncDevice;

  beforeEach(() => {
    writeFileSync(inFolder('syncobjs'), '');
    node = new Fifo();
    syncobj = new Fifo();
    descriptors = openDescriptors();
    device = native.openSyncDevice(node.fd);
  });

  afterEach(() => {
    recover();
    device.close();
    assert.equal(openDescriptors(), descriptors);
    assert.equal(openHandles(), 0);
    node.close();
    syncobj.close();
  });

  const answer = (call: keyof typeof numbers, errno: number) =>
    writeFileSync(inFolder('syncerr'), `${numbers[call]} ${errno}`);
  const recover = () => rmSync(inFolder('syncerr'), { force: true });

  function openHandles(): number {
    const lines = readFileSync(inFolder('syncobjs'), 'utf8').split('\n').slice(0, -1);
    return lines.reduce((open, line) => open + (line.startsWith('+') ? 1 : -1), 0);
  }

  /** A handle for each side, as a client and the kiosk have them. */
  const both = () => [device.importTimeline(syncobj.fd), device.importTimeline(syncobj.fd)] as const;

  describe('openSyncDevice', () => {
    it('tries all of it, and leaves nothing of that but the node', () => {
      assert.equal(openDescriptors(), descriptors + 1);
      assert.equal(openHandles(), 0);
      assert.match(readFileSync(inFolder('syncobjs'), 'utf8'), /^\+ 1\n\+ 2\n- 2\n- 1\n$/);
    });

    const refusals: readonly [string, keyof typeof numbers, errno: number, code: string, syscall: string][] = [
      ['a driver without timelines', 'getCap', 0, 'ENOTSUP', 'DRM_CAP_SYNCOBJ_TIMELINE'],
      ['what is no DRM node', 'getCap', 25, 'ENOTTY', 'DRM_IOCTL_GET_CAP'],
      ['a kernel without eventfds of them', 'eventfd', 22, 'EINVAL', 'DRM_IOCTL_SYNCOBJ_EVENTFD'],
      ['where none can be made', 'create', 95, 'ENOTSUP', 'DRM_IOCTL_SYNCOBJ_CREATE'],
      ['where none can be handed on', 'export', 24, 'EMFILE', 'DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD'],
      ['where none can be taken', 'import', 95, 'ENOTSUP', 'DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE'],
      ['where none can be waited for', 'wait', 95, 'ENOTSUP', 'DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT'],
      ['where none can be signalled', 'signal', 95, 'ENOTSUP', 'DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL'],
    ];
    for (const [what, call, errno, code, syscall] of refusals)
      it(`refuses ${what}, and leaves nothing`, () => {
        answer(call, errno);
        assert.throws(() => native.openSyncDevice(node.fd), { code, syscall });
        recover();
        assert.equal(openDescriptors(), descriptors + 1);
        assert.equal(openHandles(), 0);
      });

    it('refuses a closed descriptor', () => {
      assert.throws(() => native.openSyncDevice(closedFd), { code: 'EBADF', syscall: 'fcntl' });
    });
  });

  describe('a timeline', () => {
    it('is of a syncobj, whose descriptor stays the caller’s', () => {
      const timeline = device.importTimeline(syncobj.fd);
      assert.equal(openDescriptors(), descriptors + 1);
      assert.equal(openHandles(), 1);
      timeline.close();
      timeline.close();
      const file = openSync('/dev/null', 'r');
      assert.throws(() => device.importTimeline(file), { code: 'EINVAL', syscall: 'DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE' });
      closeSync(file);
    });

    it('tells of a point that has signalled at once, and by no call', () => {
      const [client, ours] = both();
      client.signal(7n);
      for (const point of [0n, 6n, 7n]) assert.equal(ours.whenSignalled(point, unexpected), null);
      for (const timeline of [client, ours]) timeline.close();
    });

    it('tells of one that nobody has set yet when it has signalled, and not before', async () => {
      const [client, ours] = both();
      const [errno, wait] = await new Promise<[number, ReturnType<typeof ours.whenSignalled>]>((resolve) => {
        const made = ours.whenSignalled(2n ** 63n, (error) => resolve([error, made]));
        client.signal(2n ** 63n - 1n);
        void turns(3).then(() => client.signal(2n ** 63n));
      });
      assert.equal(errno, 0);
      wait?.close();
      for (const timeline of [client, ours]) timeline.close();
    });

    it('is waited for though it has been closed, and its device', async () => {
      const client = device.importTimeline(syncobj.fd);
      const other = native.openSyncDevice(node.fd);
      const ours = other.importTimeline(syncobj.fd);
      other.close();
      const told = new Promise<void>((resolve) => {
        const wait = ours.whenSignalled(100n, () => {
          wait?.close();
          resolve();
        });
      });
      ours.close();
      client.signal(100n);
      await told;
      client.close();
    });

    it('is not told of once its wait was ended', async () => {
      const [client, ours] = both();
      const wait = ours.whenSignalled(5000n, unexpected);
      assert.equal(openDescriptors(), descriptors + 2, 'the eventfd');
      wait?.close();
      wait?.close();
      client.signal(5000n);
      await turns(3);
      for (const timeline of [client, ours]) timeline.close();
    });

    it('says what the kernel refuses', () => {
      const timeline = device.importTimeline(syncobj.fd);
      answer('signal', 19);
      assert.throws(() => timeline.signal(1n), { code: 'ENODEV', syscall: 'DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL' });
      answer('wait', 19);
      assert.throws(() => timeline.whenSignalled(1n, noop), { code: 'ENODEV' });
      answer('eventfd', 12);
      assert.throws(() => timeline.whenSignalled(2n ** 64n - 1n, noop), { code: 'ENOMEM' });
      recover();
      timeline.close();
    });
  });

  it('refuses what is of another type, and what is closed', () => {
    const timeline = device.importTimeline(syncobj.fd);
    const untyped = timeline as unknown as Record<string, (...values: unknown[]) => unknown>;
    for (const wrong of [1, '1', undefined, null, {}]) {
      assert.throws(() => untyped['signal']?.(wrong), TypeError);
      assert.throws(() => untyped['whenSignalled']?.(wrong, noop), TypeError);
      assert.throws(() => untyped['whenSignalled']?.(1n, wrong), TypeError);
      assert.throws(() => untyped['signal']?.call(wrong, 1n), { code: 'ERR_CLOSED' });
    }
    for (const wrong of [-1n, 2n ** 64n]) {
      assert.throws(() => timeline.signal(wrong), RangeError);
      assert.throws(() => timeline.whenSignalled(wrong, noop), RangeError);
    }
    assert.throws(() => device.importTimeline(-1), RangeError);
    timeline.close();
    device.close();
    assert.throws(() => timeline.signal(1n), { code: 'ERR_CLOSED' });
    assert.throws(() => device.importTimeline(syncobj.fd), { code: 'ERR_CLOSED' });
  });

  it('leaves nothing where a worker ends in the midst of it', async () => {
    const worker = `${loadScript}${fifoScript}
      const device = native.openSyncDevice(fd);
      const timeline = device.importTimeline(fd);
      timeline.whenSignalled(1n, () => undefined);
      require('worker_threads').parentPort.postMessage('waits');`;
    const script = `
      const { Worker } = require('worker_threads');
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
      worker.once('message', () => worker.terminate());
      worker.once('exit', () => console.log('ended'));`;
    const result = await runNode(['-e', script]);
    assert.equal(result.status, 0, transcript(result));
    assert.match(result.stdout, /ended/);
    assert.equal(openHandles(), 0);
  });
});
