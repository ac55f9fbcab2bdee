import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { Subject, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { GuestheadError } from '../../../src/errors.js';
import type { Clock, Flip } from '../../../src/loop/index.js';
import { HandClock, Rig, start, subscribe } from '../../support/loop-rig.js';

describe('the flip loop', () => {
  it('does nothing before it is subscribed to', () => {
    const rig = new Rig();
    let drawn = 0;
    rig.loop(() => {
      drawn++;
    });
    assert.equal(drawn, 0);
    assert.deepEqual(rig.shown, []);
  });

  it('sets the mode with the first frame, then commits one ahead and draws one ahead of that', () => {
    const rig = new Rig();
    const { flips } = subscribe(rig);
    assert.deepEqual(rig.shown, [0]);
    assert.deepEqual(rig.committed, []);
    assert.deepEqual(rig.chain.counts(), { free: 2, drawing: 1, queued: 1, current: 0, draining: 0, lost: 0 });
    rig.flip();
    assert.deepEqual(rig.shown, [0], 'once');
    assert.deepEqual(rig.committed, [1]);
    assert.deepEqual(rig.chain.counts(), { free: 1, drawing: 1, queued: 1, current: 1, draining: 0, lost: 0 });
    for (let i = 0; i < 6; i++) rig.flip();
    assert.deepEqual(rig.committed, [1, 2, 3, 0, 1, 2, 3], 'all four backbuffers take their turn');
    assert.deepEqual(
      flips.map(({ frame }) => frame),
      [0, 1, 2, 3, 4, 5, 6],
    );
  });

  it('emits on the flip events, on virtual time', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      assert.deepEqual(actual, expected);
    });
    scheduler.run(({ hot, expectObservable }) => {
      const rig = new Rig();
      const clock: Clock = { now: () => scheduler.now(), after: () => () => undefined };
      hot('      --a--b---c---|').subscribe(() => {
        rig.flip();
      });
      const flips: Observable<Flip> = rig.loop(() => undefined, clock);
      const numbers = new Subject<number>();
      flips.subscribe(({ frame }) => {
        numbers.next(frame);
      });
      expectObservable(numbers).toBe('--0--1---2----', { 0: 0, 1: 1, 2: 2 });
    });
  });

  it('counts missed flips by the kernel sequence, across its wrap at 32 bits', () => {
    const rig = new Rig();
    const { flips } = subscribe(rig);
    rig.native.sequence = 0xfffffffe;
    rig.flip(); // sequence 0xffffffff: the first, nothing to compare with
    rig.flip({ cycles: 1 });
    rig.flip({ cycles: 3 });
    assert.deepEqual(
      flips.map(({ missed, sequence }) => [missed, sequence]),
      [
        [0, 0xffffffff],
        [0, 0],
        [2, 3],
      ],
    );
  });

  it('never draws into a buffer whose fence is pending, and goes on when it signals', () => {
    const rig = new Rig(3);
    const drawn: number[] = [];
    const held = new Set<number>();
    const clock = new HandClock();
    const { flips } = start(
      rig,
      () => {
        const slot = rig.chain.slots.find(({ state }) => state === 'drawing');
        assert.ok(slot && !held.has(slot.index), 'a locked buffer was drawn into');
        drawn.push(slot.index);
      },
      clock,
    );
    held.add(0).add(1);
    rig.native.held.add(0).add(1);
    rig.flip(); // 0 drains, held
    rig.flip(); // 1 drains, held
    assert.deepEqual(rig.committed, [1, 2]);
    assert.equal(rig.native.pending, undefined, 'starved: nothing to commit');
    clock.advance(50);
    held.delete(0);
    rig.signal(0);
    assert.deepEqual(rig.committed, [1, 2, 0]);
    rig.flip({ cycles: 4 });
    assert.deepEqual(flips.at(-1)?.starved, true);
    assert.deepEqual(drawn, [0, 1, 2, 0, 2]);
  });

  it('reports a flip before the host was done as tear risk', () => {
    const rig = new Rig();
    const { flips } = start(rig);
    rig.flip({ flushPending: true });
    rig.flip();
    assert.deepEqual(
      flips.map(({ tearRisk }) => tearRisk),
      [true, false],
    );
  });

  it('passes a render fence to the commit and closes it with the flip', () => {
    const rig = new Rig();
    let fd = 40;
    start(rig, () => ({ fence: rig.fences.make(fd++) }));
    rig.flip();
    assert.deepEqual(rig.inFences, [40, 41, 42]);
    assert.deepEqual(rig.closedFences, [40, 41]);
  });

  it('waits for an async draw', async () => {
    const rig = new Rig();
    let finish: (() => void) | undefined;
    start(rig, () => new Promise<void>((resolve) => (finish = resolve)));
    assert.deepEqual(rig.shown, []);
    finish?.();
    await new Promise(setImmediate);
    assert.deepEqual(rig.shown, [0]);
    assert.deepEqual(rig.committed, []);
    finish?.();
    await new Promise(setImmediate);
    assert.deepEqual(rig.committed, [], 'the first is not on the screen yet');
    rig.flip();
    assert.deepEqual(rig.committed, [1]);
  });

  it('unsubscribing stops and aborts the draw, once', async () => {
    const rig = new Rig();
    let signal: AbortSignal | undefined;
    let finish: (() => void) | undefined;
    const { subscription } = start(rig, (frame) => {
      signal = frame.signal;
      return frame.number < 2 ? undefined : new Promise<void>((resolve) => (finish = resolve));
    });
    subscription.unsubscribe();
    subscription.unsubscribe();
    assert.equal(signal?.aborted, true);
    finish?.();
    await new Promise(setImmediate);
    assert.equal(rig.chain.counts().drawing, 0, 'the late drawing is given up');
    rig.flip();
    assert.deepEqual(rig.committed, [1]);
  });

  it('ends with ERR_DRAW when draw throws or rejects', async () => {
    for (const draw of [
      () => {
        throw new Error('out of paint');
      },
      () => Promise.reject(new Error('out of paint')),
    ]) {
      const rig = new Rig();
      const { seen } = start(rig, draw);
      await new Promise(setImmediate);
      assert.match(String(seen.error), /out of paint/);
      assert.equal((seen.error as { code: string }).code, 'ERR_DRAW');
      assert.equal(rig.chain.counts().free, 4);
    }
  });

  it('tries a commit again that the kernel is too busy for: after some ms, then less and less often', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { seen } = start(rig, () => undefined, clock);
    const { EBUSY, ENOMEM, EINTR, EAGAIN } = constants.errno;
    rig.native.errnos.push(EBUSY, ENOMEM, EINTR, EAGAIN);
    rig.flip();
    const before = rig.inFences.length;
    for (const [index, ms] of [4, 40, 120].entries()) {
      clock.advance(ms - 1);
      assert.equal(rig.inFences.length, before + index);
      clock.advance(1);
      assert.equal(rig.inFences.length, before + index + 1);
    }
    assert.deepEqual(rig.committed, [1]);
    clock.advance(120);
    assert.deepEqual(rig.committed, [1, 2]);
    assert.equal(seen.error, undefined);
  });

  it('gives up on a commit that is refused for good, with its code', () => {
    for (const [errno, code] of [
      [constants.errno.EINVAL, 'ERR_COMMIT'],
      [constants.errno.ENODEV, 'ERR_DEVICE_LOST'],
    ] as const) {
      const rig = new Rig();
      const { seen } = start(rig);
      rig.native.errnos.push(errno);
      rig.flip();
      assert.equal((seen.error as { code: string }).code, code);
      assert.equal((seen.error as { errno: number }).errno, errno);
    }
  });

  it('reports a lost device once and marks every buffer lost', () => {
    const rig = new Rig();
    const { seen } = start(rig);
    rig.lose();
    assert.equal((seen.error as { code: string }).code, 'ERR_DEVICE_LOST');
    assert.equal(rig.chain.counts().lost, 4);
  });

  it('ends with the modeset error when the first frame cannot be shown', () => {
    const rig = new Rig();
    rig.modesetErrno = constants.errno.EINVAL;
    const { seen } = start(rig);
    assert.ok(seen.error instanceof GuestheadError);
    assert.deepEqual([seen.error.code, seen.error.errno], ['ERR_COMMIT', constants.errno.EINVAL]);
    assert.match(seen.error.message, /the mode with this buffer/);
    assert.equal(rig.chain.counts().free, 4);
  });
});
