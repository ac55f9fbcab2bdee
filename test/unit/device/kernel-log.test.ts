import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants as flag, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { watchHostRefusals, type HostRefusal } from '../../../src/device/index.js';
import { nativeError } from '../../../src/testing/index.js';
import { openDescriptors, openedSince } from '../../support/descriptors.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-log-'));
const fifo = join(folder, 'kmsg');
execFileSync('mkfifo', [fifo]);
after(() => {
  rmSync(folder, { recursive: true });
});

/** Says by hand when the log is readable. */
class HandWatch {
  watched = 0;
  open = 0;
  #onReadable: (errno: number) => void = () => assert.fail('nothing is watched');

  watchReadable(_fd: number, onReadable: (errno: number) => void): { close(): void } {
    this.watched++;
    this.open++;
    this.#onReadable = onReadable;
    let open = true;
    return {
      close: () => {
        if (open) this.open--;
        open = false;
      },
    };
  }

  ready(errno = 0): void {
    this.#onReadable(errno);
  }
}

const { EAGAIN, EBADF, EPIPE } = constants.errno;
const refusedScanout = '[drm:virtio_gpu_dequeue_ctrl_func [virtio_gpu]] *ERROR* response 0x1200 (command 0x10d)';

let log: number;
let native: HandWatch;
let seen: HostRefusal[];
beforeEach(() => {
  log = openSync(fifo, flag.O_RDWR | flag.O_NONBLOCK); // as the kernel: there before and after every reader
  native = new HandWatch();
  seen = [];
});
afterEach(() => closeSync(log));

function record(text: string, priority = 3): void {
  writeSync(log, `${priority},390,13921195,-;${text}\n`);
}

function watch(): () => void {
  return watchHostRefusals(native, (refusal) => seen.push(refusal), fifo);
}

describe('the kernel log', () => {
  it('tells what the host refuses, under its names, and nothing of before', () => {
    record(refusedScanout);
    const close = watch();
    record('[drm:virtio_gpu_dequeue_ctrl_func] *ERROR* response 0x1205 (command 0x104)');
    record('virtio-pci 0000:00:01.0: [drm] *ERROR* response 0x12ff (command 0x10c)');
    native.ready();
    close();
    assert.deepEqual(seen, [
      { command: 0x104, commandName: 'RESOURCE_FLUSH', response: 0x1205, responseName: 'ERR_INVALID_PARAMETER' },
      { command: 0x10c, commandName: 'RESOURCE_CREATE_BLOB', response: 0x12ff, responseName: '0x12ff' },
    ]);
  });

  it('is not mistaken in other messages', () => {
    const close = watch();
    record('i915 0000:00:02.0: [drm] *ERROR* response 0x1200 (command 0x10d)');
    record('[drm] Initialized virtio_gpu 0.1.0 for 0000:00:01.0 on minor 0');
    record(refusedScanout, 12); // what a process wrote
    writeSync(log, ` SUBSYSTEM=${refusedScanout}\n`);
    native.ready();
    close();
    assert.deepEqual(seen, []);
  });

  it('is left alone once closed, in the middle of a read too', () => {
    const close = watchHostRefusals(
      native,
      (refusal) => {
        seen.push(refusal);
        close();
      },
      fifo,
    );
    record(refusedScanout);
    record(refusedScanout);
    native.ready();
    close();
    assert.equal(seen.length, 1);
    assert.equal(native.open, 0);
  });

  it('is watched anew behind records that were overwritten', () => {
    const answers = [EAGAIN, EPIPE, `3,1,1,-;${refusedScanout}\n`, EAGAIN, `3,2,2,-;${refusedScanout}\n`, EAGAIN];
    const close = watchHostRefusals(
      native,
      (refusal) => seen.push(refusal),
      fifo,
      (_fd, into) => {
        const answer = answers.shift() ?? assert.fail('read on after the end');
        if (typeof answer === 'number') throw nativeError(answer, 'read');
        return into.write(answer);
      },
    );
    native.ready(EBADF);
    assert.deepEqual([native.watched, native.open, seen.length], [2, 1, 1]);
    native.ready();
    assert.equal(seen.length, 2);
    close();
    assert.equal(native.open, 0);
  });

  it('is given up where polling fails without a reason', () => {
    const close = watch();
    native.ready(EBADF);
    assert.deepEqual([native.watched, native.open], [1, 0]);
    close();
  });

  it('takes a flood in parts', () => {
    let left = 1000;
    const close = watchHostRefusals(
      native,
      () => undefined,
      fifo,
      (_fd, into) => {
        if (native.watched === 0 || left === 0) throw nativeError(EAGAIN, 'read');
        left--;
        return into.write('6,1,1,-;noise\n');
      },
    );
    native.ready();
    assert.ok(left > 0 && left < 1000);
    close();
  });
});

describe('where there is no log to read', () => {
  const paths = { 'no such file': '/nowhere/kmsg', 'the null device': '/dev/null', 'a file': import.meta.filename };
  for (const [what, path] of Object.entries(paths))
    it(`watches nothing and leaves nothing open: ${what}`, () => {
      const before = openDescriptors();
      const close = watchHostRefusals(native, (refusal) => seen.push(refusal), path);
      assert.deepEqual([native.watched, openedSince(before)], [0, []]);
      close();
      close();
    });

  it('gives its descriptor back where it cannot be watched', () => {
    const before = openDescriptors();
    const failing = {
      watchReadable: () => {
        throw nativeError(constants.errno.ENOMEM, 'epoll_ctl');
      },
    };
    assert.throws(() => watchHostRefusals(failing, () => undefined, fifo), { errno: constants.errno.ENOMEM });
    assert.deepEqual(openedSince(before), []);
  });
});
