import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { Fence } from '../../../src/buffer/index.js';
import { FakeFences } from '../../support/fake-fences.js';

const { EBADF, ENOTTY, EIO } = constants.errno;
const closedError = { code: 'ERR_CLOSED' };

describe('a fence', () => {
  it('is validated when it is made: what is no sync_file stays its owner’s', () => {
    const fences = new FakeFences();
    fences.others.add(0).add(7);
    fences.closed.push(8);
    for (const [fd, errno] of [
      [0, ENOTTY],
      [7, ENOTTY],
      [8, EBADF],
      [-1, undefined],
      [1.5, undefined],
      [NaN, undefined],
      ['7' as unknown as number, undefined],
      [undefined as unknown as number, undefined],
    ] as const)
      assert.throws(() => Fence.adopt(fd, fences), { code: 'ERR_USAGE', errno, advice: /sync_file/ });
    assert.deepEqual(fences.closed, [8]);
  });

  it('is closed once, whoever asks for it', () => {
    const fences = new FakeFences();
    const fence = fences.make(40);
    assert.equal(fence.fd, 40);
    fence.close();
    fence.close();
    fence[Symbol.dispose]();
    assert.deepEqual([fence.closed, fences.closed], [true, [40]]);
    assert.throws(() => fence.fd, closedError);
    assert.throws(() => fence.isSignalled, closedError);
    assert.throws(() => fence.signalled, closedError);
  });

  it('is asked anew whether it has signalled', () => {
    const fences = new FakeFences();
    const fence = fences.makePending(40);
    assert.equal(fence.isSignalled, false);
    fences.signal(40);
    assert.equal(fence.isSignalled, true);
  });
});

describe('a fence that is waited for', () => {
  it('resolves when it signals, and for one that has signalled already; nothing watches it then', async () => {
    const fences = new FakeFences();
    const fence = fences.makePending(40);
    let done = false;
    const wait = fence.signalled.then(() => (done = true));
    await new Promise(setImmediate);
    assert.deepEqual([done, fences.watchers], [false, 1]);
    fences.signal(40);
    await wait;
    await fence.signalled;
    assert.equal(fences.watchers, 0);
    fence.close();
    await fence.signalled;
    await fences.make(41).signalled;
    assert.deepEqual([fences.watchers, fences.closed], [0, [40]]);
  });

  it('rejects where it is closed before, and nothing watches the descriptor that is gone', async () => {
    const fences = new FakeFences();
    const fence = fences.makePending(40);
    const wait = fence.signalled;
    fence.close();
    assert.equal(fences.watchers, 0);
    await assert.rejects(wait, closedError);
    assert.deepEqual(fences.closed, [40]);
  });

  it('is closed without a word where nobody waits any more', async () => {
    const fences = new FakeFences();
    const fence = fences.makePending(40);
    void fence.signalled;
    fence.close();
    await new Promise(setImmediate); // an unhandled rejection would end the process
    assert.equal(fence.closed, true);
  });

  it('rejects where it cannot be polled, and can still be closed', async () => {
    const fences = new FakeFences();
    const fence = fences.makePending(40);
    const wait = fence.signalled;
    fences.signal(40, EIO);
    await assert.rejects(wait, { code: 'ERR_SYSTEM', errno: EIO });
    assert.equal(fences.watchers, 0);
    fence.close();
    assert.deepEqual(fences.closed, [40]);
  });
});

describe('Fence.take', () => {
  it('makes another its owner: the first is closed, and closes nothing', () => {
    const fences = new FakeFences();
    const fence = fences.make(40);
    const taken = fence.take();
    fence.close();
    assert.deepEqual([fence.closed, taken.fd, fences.closed], [true, 40, []]);
    assert.throws(() => fence.take(), closedError);
    taken.close();
    assert.deepEqual(fences.closed, [40]);
  });

  it('takes those along who wait: they hear of the signal, or that it was closed before', async () => {
    const fences = new FakeFences();
    const given = [fences.makePending(40), fences.makePending(41)] as const;
    const waits = given.map((fence) => fence.signalled);
    const [signals, closes] = given.map((fence) => fence.take());
    closes?.close();
    fences.signal(40);
    await waits[0];
    await signals?.signalled;
    await assert.rejects(waits[1]!, closedError);
    signals?.close();
    assert.deepEqual([fences.watchers, fences.closed], [0, [41, 40]]);
  });
});

describe('Fence.merge', () => {
  it('merges all, and leaves open only what it was given and what it returns', () => {
    const fences = new FakeFences();
    const given = [900, 901, 902, 903].map((fd) => fences.make(fd));
    const merged = Fence.merge(given);
    assert.deepEqual(
      fences.merged.map(([, second]) => second),
      [901, 902, 903],
    );
    const between = fences.merged.slice(1).map(([first]) => first);
    assert.deepEqual(fences.closed, between);
    assert.ok(given.every(({ closed }) => !closed));
    merged.close();
    assert.equal(new Set(fences.closed).size, 3);
  });

  it('gives a new one for a single fence, which stays the caller’s', () => {
    const fences = new FakeFences();
    const one = fences.make(900);
    Fence.merge([one]).close();
    assert.deepEqual(fences.merged, [[900, 900]]);
    assert.equal(one.closed, false);
  });

  it('leaves nothing open where the kernel refuses one, and says which errno', () => {
    const fences = new FakeFences();
    fences.mergesUntilRefusal = 2;
    const given = [900, 901, 902, 903].map((fd) => fences.make(fd));
    assert.throws(() => Fence.merge(given), { code: 'ERR_SYSTEM', errno: ENOTTY });
    assert.equal(fences.closed.length, 2, 'both merged so far');
    assert.ok(given.every(({ closed }) => !closed));
  });

  it('takes neither none nor a closed one', () => {
    const fences = new FakeFences();
    assert.throws(() => Fence.merge([]), { code: 'ERR_USAGE' });
    const given = [900, 901, 902].map((fd) => fences.make(fd));
    given[2]?.close();
    assert.throws(() => Fence.merge(given), closedError);
    assert.deepEqual(fences.closed.length, 2, 'the closed one, and what was merged before it');
  });
});
