import assert from 'node:assert/strict';
import { closeSync, constants, openSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { NativeWatcher } from '../../src/native/index.js';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { fileFlags, Fifo, fifoScript, openPipe } from './support/descriptors.js';
import { turns, until } from './support/loop.js';
import { uncaughtDuring } from './support/uncaught.js';

/** Closed at the latest when its test ends, for an open one keeps the process alive. */
const opened: NativeWatcher[] = [];
function watch(fd: number, onReadable: (errno: number) => void): NativeWatcher {
  const watcher = native.watchReadable(fd, onReadable);
  opened.push(watcher);
  return watcher;
}

describe('watchReadable', () => {
  afterEach(() => opened.splice(0).forEach((watcher) => watcher.close()));

  it('calls as long as the descriptor stays readable', async () => {
    const pipe = new Fifo();
    const errnos: number[] = [];
    const watcher = watch(pipe.fd, (errno) => {
      errnos.push(errno);
      if (errnos.length === 3) pipe.drain();
    });
    await turns();
    assert.deepEqual(errnos, []);
    pipe.write();
    await until(() => errnos.length === 3);
    await turns();
    assert.deepEqual(errnos, [0, 0, 0]);
    pipe.write();
    await until(() => errnos.length > 3);
    watcher.close();
    pipe.close();
  });

  it('calls no more once closed, even by the callback', async () => {
    const pipe = new Fifo();
    pipe.write();
    let calls = 0;
    const watcher = watch(pipe.fd, () => {
      calls++;
      watcher.close();
    });
    await until(() => calls > 0);
    await turns();
    assert.equal(calls, 1);
    pipe.close();
  });

  it('watches one file several times', async () => {
    const pipe = new Fifo();
    const seen = new Set<number>();
    const watchers = [0, 1, 2].map((index) => watch(pipe.fd, () => seen.add(index)));
    pipe.write();
    await until(() => seen.size === 3);
    for (const watcher of watchers) watcher.close();
    pipe.close();
  });

  it('reports a hang-up', async () => {
    const pipe = openPipe();
    let hungUp = false;
    const watcher = watch(pipe.fd, () => {
      hungUp = true;
      watcher.close();
    });
    await turns();
    assert.equal(hungUp, false);
    pipe.hangUp();
    await until(() => hungUp);
  });

  it('leaves the file flags as they were', () => {
    const pipe = new Fifo();
    const blocking = openSync(`/proc/self/fd/${pipe.fd}`, constants.O_RDWR);
    const before = fileFlags(blocking);
    assert.equal(before & constants.O_NONBLOCK, 0);
    const watcher = watch(blocking, () => undefined);
    assert.equal(fileFlags(blocking), before);
    watcher.close();
    closeSync(blocking);
    pipe.close();
  });

  it('keeps the loop alive until closed', async () => {
    const script = (ending: string): string => `${loadScript}
      ${fifoScript}
      const watcher = native.watchReadable(fd, () => { console.log('readable'); watcher.close(); });
      ${ending}`;
    const waits = await runNode(['-e', script("setTimeout(() => fs.writeSync(fd, 'x'), 200).unref();")]);
    assert.equal(waits.stdout, 'readable\n', transcript(waits));
    const ends = await runNode(['-e', script('watcher.close();')]);
    assert.deepEqual([ends.status, ends.stdout, ends.stderr], [0, '', '']);
  });

  it('survives what its callback throws', async () => {
    const pipe = new Fifo();
    let calls = 0;
    const watcher = watch(pipe.fd, () => {
      if (++calls === 2) watcher.close();
      throw new Error(`call ${calls}`);
    });
    const errors = await uncaughtDuring(async () => {
      pipe.write();
      await until(() => calls === 2);
      await turns();
    });
    assert.deepEqual(errors, ['call 1', 'call 2']);
    pipe.close();
  });

  it('runs promise jobs and ticks after each call', async () => {
    const pipe = new Fifo();
    const order: string[] = [];
    const watcher = watch(pipe.fd, () => {
      const call = order.filter((entry) => entry.startsWith('call')).length + 1;
      order.push(`call ${call}`);
      process.nextTick(() => order.push(`tick ${call}`));
      void Promise.resolve().then(() => order.push(`job ${call}`));
      if (call === 2) watcher.close();
    });
    pipe.write();
    await until(() => order.length === 6);
    assert.deepEqual(order, ['call 1', 'tick 1', 'job 1', 'call 2', 'tick 2', 'job 2']);
    pipe.close();
  });
});
