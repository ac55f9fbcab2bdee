import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { HandClock, Rig, start } from '../../support/loop-rig.js';

const { EACCES, EPERM, ENODEV } = constants.errno;

/** A loop that has flipped twice when another process takes the display. */
function loseMaster(errno = EACCES, options = {}) {
  const rig = new Rig();
  const clock = new HandClock();
  let fence = 40;
  const run = start(rig, () => ({ fence: rig.fences.make(fence++) }), clock, options);
  rig.flip();
  rig.master = false;
  rig.native.errnos.push(errno);
  rig.flip();
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
    for (let i = 0; i < 3; i++) rig.flip();
    assert.deepEqual(
      flips.map(({ frame }) => frame),
      [1, 2, 3, 4, 5],
    );
    assert.equal(faults.length, 1);
    assert.deepEqual(rig.chain.counts().lost, 0);
  });

  it('gets back the buffer that was on the screen meanwhile, once the host has let go of it', () => {
    const { rig, clock } = loseMaster();
    const onScreen = rig.chain.current ?? NaN;
    rig.native.held.add(onScreen);
    rig.master = true;
    clock.advance(250);
    assert.equal(rig.chain.current, onScreen);
    rig.flip();
    assert.deepEqual([rig.chain.slots[onScreen]?.state, rig.chain.counts().draining], ['draining', 1]);
    rig.signal(onScreen);
    assert.notEqual(rig.chain.slots[onScreen]?.state, 'draining');
  });

  it('closes each fence once', () => {
    const { rig, clock, subscription } = loseMaster();
    rig.master = true;
    clock.advance(250);
    rig.flip();
    subscription.unsubscribe();
    rig.ahead.end('closed'); // what is queued outlives the loop
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
    rig.flip();
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['ERR_NOT_MASTER', 'ERR_NOT_MASTER'],
    );
  });

  it('waits on where the modeset is refused in its turn', () => {
    const { rig, clock, faults, seen } = loseMaster();
    rig.master = true;
    rig.modesetErrno = EACCES;
    for (let i = 0; i < 20; i++) clock.advance(100);
    assert.equal(seen.error, undefined);
    assert.equal(faults.length, 1);
    rig.modesetErrno = 0;
    for (let i = 0; i < 3; i++) clock.advance(100);
    assert.equal(rig.shown.length, 2);
  });

  it('ends where the device went meanwhile', () => {
    const { rig, clock, seen } = loseMaster();
    rig.master = true;
    rig.modesetErrno = ENODEV;
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
    rig.modesetErrno = EACCES;
    const { faults, seen } = start(rig, () => undefined, clock);
    assert.equal(faults.length, 1);
    rig.master = true;
    rig.modesetErrno = 0;
    clock.advance(250);
    assert.deepEqual(rig.shown, [0]);
    assert.equal(seen.error, undefined);
  });
});
