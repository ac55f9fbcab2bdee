/** What each errno of a commit does: the table of `classifyErrno`, written down a second time. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { Rig } from '../../support/loop-rig.js';
import { Presenting } from '../../support/presenting.js';
import { SimulatedDisplay, vblankTimer } from '../../support/simulated-display.js';

const e = constants.errno;

/** Waits, and goes on if the next try is accepted. */
const waits = { EBUSY: e.EBUSY, EINTR: e.EINTR, ENOMEM: e.ENOMEM, EAGAIN: e.EAGAIN };
/** Ends the loop at the first refusal. */
const ends = {
  EINVAL: [e.EINVAL, 'ERR_COMMIT'],
  ENOSPC: [e.ENOSPC, 'ERR_COMMIT'],
  EIO: [e.EIO, 'ERR_COMMIT'],
  ENODEV: [e.ENODEV, 'ERR_DEVICE_LOST'],
} as const;

/** Half a second of flips, then so many refusals. */
async function refuse(errno: number, times: number, options = {}) {
  const display = new SimulatedDisplay(vblankTimer());
  let fence = 1000;
  const run = display.start(() => ({ fence: display.fences.make(fence++) }), options);
  await display.run(500);
  const flipsBefore = run.flips.length;
  const before = display.tried.length;
  display.native.errnos.push(...Array.from({ length: times }, () => errno));
  return { display, flipsBefore, before, ...run };
}

describe('a commit that is refused', () => {
  for (const [name, errno] of Object.entries(waits)) {
    it(`with ${name} is tried again until it is accepted`, async () => {
      const { display, flips, flipsBefore, seen, faults, subscription } = await refuse(errno, 3);
      await display.run(1000);
      subscription.unsubscribe();
      assert.equal(seen.error, undefined);
      assert.deepEqual(faults, []);
      assert.ok(flips.length > flipsBefore + 30);
      const late = flips.filter(({ missed }) => missed > 0);
      assert.equal(late.length, 1, 'no frame was lost, and one came late');
      assert.deepEqual(
        flips.map(({ frame }) => frame),
        flips.map((_, i) => i),
      );
    });

    it(`with ${name} for a minute is tried for as long, at most ten times a second, and reported once`, async () => {
      const { display, seen, before, faults, flips } = await refuse(errno, 10_000);
      const flipsBefore = flips.length;
      await display.run(60_000);
      assert.equal(seen.error, undefined);
      assert.deepEqual(
        faults.map((fault) => [fault.code, fault.errno]),
        [['ERR_FLIP_TIMEOUT', errno]],
      );
      assert.match(faults[0]?.message ?? '', /has refused each commit for 2000 ms/);
      display.tried.splice(0, before);
      assert.ok(display.busiestSecond() <= 10);
      assert.ok(display.tried.length > 450 && display.tried.length <= 600, `${display.tried.length} tries`);
      display.native.errnos.length = 0;
      await display.run(1000);
      assert.ok(flips.length > flipsBefore + 45, 'and goes on');
    });
  }

  for (const [name, [errno, code]] of Object.entries(ends))
    it(`with ${name} ends the loop with ${code}, and is not tried again`, async () => {
      const { display, seen, before, faults } = await refuse(errno, 1000);
      await display.run(5000);
      const error = seen.error as GuestheadError;
      assert.deepEqual([error.code, error.errno], [code, errno]);
      assert.match(error.message, new RegExp(name));
      assert.deepEqual(faults, []);
      assert.equal(display.tried.length, before + 1);
      assert.equal(display.chain.counts().lost, code === 'ERR_DEVICE_LOST' ? 4 : 0);
    });

  it('with EACCES is the loss of DRM master: nothing is tried meanwhile', async () => {
    const { display, seen, before, faults } = await refuse(e.EACCES, 1);
    display.master = false;
    await display.run(5000);
    assert.equal(seen.error, undefined);
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['ERR_NOT_MASTER'],
    );
    assert.equal(display.tried.length, before + 1);
  });

  it('for whatever reason leaves no fence open once the loop has ended, and closes none twice', async () => {
    for (const errno of [...Object.values(waits), e.EACCES, e.EINVAL, e.ENOSPC, e.EIO, e.ENODEV])
      for (const presentMode of ['fifo', 'mailbox'] as const) {
        const { display, subscription } = await refuse(errno, 1000, { presentMode });
        display.master = false;
        await display.run(5000);
        subscription.unsubscribe();
        const closed = [...display.closedFences].sort((a, b) => a - b);
        const returned = Array.from({ length: display.chain.nextFrame }, (_, i) => 1000 + i);
        assert.deepEqual(closed, returned, `errno ${errno}, ${presentMode}`);
      }
  });

  it('does not make tries add up over accepted ones', async () => {
    const { display, seen, subscription } = await refuse(e.EBUSY, 15);
    await display.run(2000);
    display.native.errnos.push(...Array.from({ length: 15 }, () => e.EBUSY));
    await display.run(2000);
    subscription.unsubscribe();
    assert.equal(seen.error, undefined);
  });
});

describe('a modeset that is refused', () => {
  for (const [name, errno] of Object.entries(waits))
    it(`with ${name} is tried again`, async () => {
      const display = new SimulatedDisplay(vblankTimer());
      display.modesetErrno = errno;
      const { seen, flips, subscription } = display.start();
      await display.run(1000);
      display.modesetErrno = 0;
      await display.run(1000);
      subscription.unsubscribe();
      assert.equal(seen.error, undefined);
      assert.ok(flips.length > 40);
    });

  it('for good ends the loop, with the kernel’s errno or as a lost device', () => {
    for (const [errno, code] of [
      [e.EINVAL, 'ERR_COMMIT'],
      [e.ENODEV, 'ERR_DEVICE_LOST'],
    ] as const) {
      const display = new SimulatedDisplay(vblankTimer());
      display.modesetErrno = errno;
      const { seen } = display.start();
      const error = seen.error as GuestheadError;
      assert.deepEqual([error.code, error.errno], [code, errno]);
    }
  });
});

describe('one EBUSY', () => {
  /** Half a second of flips, then one refusal of a commit that is made at a flip. */
  async function busyOnce(presentMode: 'fifo' | 'mailbox') {
    const run = await refuse(e.EBUSY, 1, { presentMode });
    await run.display.run(500);
    run.subscription.unsubscribe();
    const [refused = 0, again = 0] = run.display.tried.slice(run.before);
    return { ...run, waitedMs: again - refused };
  }

  for (const presentMode of ['fifo', 'mailbox'] as const)
    it(`costs some ms and no more than one refresh cycle, with ${presentMode}`, async () => {
      const { waitedMs, flips, flipsBefore, faults } = await busyOnce(presentMode);
      assert.ok(waitedMs > 0 && waitedMs < 8, `${waitedMs} ms`);
      const missed = flips.slice(flipsBefore - 1).reduce((sum, flip) => sum + flip.missed, 0);
      assert.ok(missed <= 1, `${missed} flips`);
      assert.deepEqual(faults, []);
    });

  it('is over with the next flip event of its CRTC, should one come before, whoever’s commit it is of', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('first');
    rig.flip();
    rig.native.errnos.push(e.EBUSY, e.EBUSY);
    run.frame('refused');
    rig.events$.next({ kind: 'fence', slot: 63 });
    assert.equal(rig.inFences.length, 2, 'a fence ends nothing');
    const foreign = { kind: 'flip', slot: 63, sequence: 2, timestampNs: 0, flushPending: false } as const;
    rig.events$.next(foreign);
    assert.equal(rig.inFences.length, 3, 'tried at once');
    rig.events$.next(foreign);
    assert.equal(rig.inFences.length, 3, 'but only once: whoever holds it busy may flip as often as we do');
    run.clock.advance(40);
    assert.deepEqual(rig.committed, [1]);
  });
});
