/** The name that clients find the kiosk by. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { openSocket } from '../../../src/kiosk/socket.js';

const failure = (errno: number, syscall: string) => Object.assign(new Error('no'), { errno, syscall });

/** Answers the names that it is asked for, in their order, with these; then takes one. */
function listener(...errnos: readonly number[]) {
  const asked: string[] = [];
  const left = [...errnos];
  const listen = (path: string) => {
    asked.push(path);
    const errno = left.shift();
    if (errno !== undefined) throw failure(errno, 'open');
  };
  return { kiosk: { listen }, asked };
}

describe('a Wayland socket', () => {
  it('has the first name that is free', () => {
    const { kiosk, asked } = listener(constants.errno.EAGAIN, constants.errno.EADDRINUSE);
    assert.equal(openSocket(kiosk, '/run/user/1000'), 'wayland-2');
    assert.deepEqual(
      asked,
      [0, 1, 2].map((number) => `/run/user/1000/wayland-${number}`),
    );
  });

  it('is looked for no longer than names go', () => {
    const { kiosk } = listener(...Array.from({ length: 40 }, () => constants.errno.EAGAIN));
    assert.throws(() => openSocket(kiosk, '/run'), {
      code: 'ERR_SYSTEM',
      message: 'No Wayland socket is free in /run (flock: EADDRINUSE)',
    });
  });

  it('in a folder that cannot be written is told with the folder, the errno, and what to change', () => {
    const { kiosk, asked } = listener(constants.errno.EACCES);
    assert.throws(() => openSocket(kiosk, '/sys'), {
      code: 'ERR_SYSTEM',
      message: 'No Wayland socket can be made in /sys (open: EACCES)',
      advice: /set XDG_RUNTIME_DIR to a folder that can be written/,
    });
    assert.equal(asked.length, 1);
  });

  it('fails with what was no system call as it is', () => {
    const mistake = new TypeError('path is no string');
    const listen = () => {
      throw mistake;
    };
    assert.throws(() => openSocket({ listen }, '/run'), mistake);
  });
});
