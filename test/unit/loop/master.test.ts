import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { nativeError } from '../../../src/testing/index.js';
import { HandClock, Rig, start } from '../../support/loop-rig.js';

const { EACCES, EPERM, ENODEV } = constants.errno;

/** A loop that has flipped twice when another process takes the display. */
function loseMaster(errno = EACCES, options = {}) {
  const rig = new Rig();
  const clock = new HandClock();
  let fence = 40;
  const run = start(rig, () => fence++, clock, options);
  rig.native.flip();
  rig.master = false;
  rig.native.errnos.push(errno);
  rig.native.flip();
  return { rig, clock, ...run };
}

describe('a loop that is DRM master no more', () => {
  for (const errno of [EACCES, EPERM])
    it(`by errno ${errno} says so once, and commits nothing until it is again`, () => {
      const { rig, clock, faults, flips, seen } = loseMaster(errno);
      const tried = rig.inFences.length;
      for (let i = 0; i < 100; i++) clock.advance(100);
      assert.deepEqual(
        faults.map((fault) => [fault.code, fault.errno]),
        [['ERR_NOT_MASTER', errno]],
      );
      assert.match(faults[0]?.advice ?? '', /when it gives the display back/);
      assert.equal(rig.inFences.length, tried);
      assert.equal(rig.shown.length, 1);
      assert.equal(flips.length, 2);
      assert.equal(seen.error, undefined);
    });

  it('sets the whole mode with the frame that was ready, and flips on', () => {
    const { rig, clock, faults, flips } = loseMaster();
    clock.advance(250);
    rig.master = true;
    clock.advance(249);
    assert.deepEqual(rig.shown, [0]);
    clock.advance(1);
    assert.deepEqual(rig.shown, [0, 3], 'frame 3 was ready');
    for (let i = 0; i < 3; i++) rig.native.flip();
    assert.deepEqual(
      flips.map(({ frame }) => frame),
      [1, 2, 4, 5, 6],
    );
    assert.equal(faults.length, 1);
    assert.deepEqual(rig.chain.counts().lost, 0);
  });

  it('gets back the buffer that was on the screen meanwhile', async () => {
    const { rig, clock } = loseMaster();
    rig.master = true;
    clock.advance(250);
    assert.equal(rig.chain.counts().draining, 1);
    await new Promise(setImmediate);
    assert.equal(rig.chain.counts().draining, 0);
  });

  it('closes each fence once', () => {
    const { rig, clock, subscription } = loseMaster();
    rig.master = true;
    clock.advance(250);
    rig.native.flip();
    subscription.unsubscribe();
    const closed = [...rig.closedFences].sort((a, b) => a - b);
    assert.deepEqual(closed, [...new Set(closed)]);
    assert.deepEqual(closed, [40, 41, 42, 43, 44, 45, 46].slice(0, closed.length));
    assert.equal(closed.length, rig.chain.nextFrame);
  });

  it('is told again when it happens again', () => {
    const { rig, clock, faults } = loseMaster();
    rig.master = true;
    clock.advance(250);
    rig.native.errnos.push(EACCES);
    rig.native.flip();
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['ERR_NOT_MASTER', 'ERR_NOT_MASTER'],
    );
  });

  it('waits on where the modeset is refused in its turn', () => {
    const { rig, clock, faults, seen } = loseMaster();
    rig.master = true;
    rig.showError = nativeError(EACCES, 'DRM_IOCTL_MODE_ATOMIC');
    for (let i = 0; i < 20; i++) clock.advance(100);
    assert.equal(seen.error, undefined);
    assert.equal(faults.length, 1);
    rig.showError = undefined;
    for (let i = 0; i < 3; i++) clock.advance(100);
    assert.equal(rig.shown.length, 2);
  });

  it('ends where the device went meanwhile', () => {
    const { rig, clock, seen } = loseMaster();
    rig.master = true;
    rig.showError = nativeError(ENODEV, 'DRM_IOCTL_MODE_ATOMIC');
    clock.advance(250);
    assert.equal((seen.error as { code: string }).code, 'ERR_DEVICE_LOST');
  });

  it('asks nobody any more once it was stopped', () => {
    const { rig, clock, subscription } = loseMaster();
    let asked = 0;
    rig.regain = () => {
      asked++;
      return false;
    };
    clock.advance(250);
    assert.equal(asked, 1);
    subscription.unsubscribe();
    for (let i = 0; i < 10; i++) clock.advance(250);
    assert.equal(asked, 1);
  });

  it('may be so from the start', () => {
    const rig = new Rig();
    const clock = new HandClock();
    rig.master = false;
    rig.showError = nativeError(EACCES, 'DRM_IOCTL_MODE_ATOMIC');
    const { faults, seen } = start(rig, () => undefined, clock);
    assert.equal(faults.length, 1);
    rig.master = true;
    rig.showError = undefined;
    clock.advance(250);
    assert.deepEqual(rig.shown, [0]);
    assert.equal(seen.error, undefined);
  });
});
