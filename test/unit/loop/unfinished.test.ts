/** Rendering that is not done yet: the kernel waits for a fence, and the `copy` path does. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { Flip } from '../../../src/loop/index.js';
import { Subject } from 'rxjs';
import { Rig, settle, start, subscribe } from '../../support/loop-rig.js';
import { clientBuffer, Presenting } from '../../support/presenting.js';

const { EBUSY, EIO } = constants.errno;

describe('the fence of the first frame', () => {
  it('goes to the kernel with the mode, unwaited for, and is closed once with the flip', () => {
    const rig = new Rig();
    subscribe(rig, ({ number }) => (number === 0 ? { fence: rig.fences.makePending(40) } : undefined));
    assert.deepEqual([rig.shown, rig.inFences], [[0], [40]]);
    assert.deepEqual([rig.native.commits[0]?.inFence, rig.fences.watchers], [40, 0]);
    assert.deepEqual(rig.closedFences, [], 'the kernel looks at it when it commits, and it is ours until the flip');
    rig.flip();
    assert.deepEqual(rig.closedFences, [40]);
  });

  it('stays with its frame where the mode is refused for the moment', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    rig.native.errnos.push(EBUSY);
    run.frame('first', { fence: rig.fences.make(40) });
    assert.deepEqual(rig.closedFences, []);
    run.clock.advance(4);
    assert.deepEqual([rig.shown, rig.inFences, rig.closedFences], [[0], [40, 40], []]);
    rig.flip();
    assert.deepEqual(rig.closedFences, [40]);
  });
});

describe('the copy path', () => {
  const copies = (rig: Rig) => rig.chain.slots.map(({ buffer }) => buffer.copied);

  it('copies at once where there is no fence', () => {
    const rig = new Rig(2, true);
    new Presenting(rig).frame('first', {});
    assert.deepEqual([copies(rig), rig.shown], [[1, 0], [0]]);
  });

  it('waits for the fence before it copies, and commits only then, without the fence’s frame being torn', async () => {
    const rig = new Rig(2, true);
    const run = new Presenting(rig);
    run.frame('first', { fence: rig.fences.makePending(40) });
    await settle();
    run.presenter.commitNext();
    assert.deepEqual([copies(rig), rig.shown], [[0, 0], []]);
    rig.fences.signal(40);
    await settle();
    assert.deepEqual([copies(rig), rig.shown], [[1, 0], [0]]);
    rig.flip();
    assert.deepEqual([rig.closedFences, rig.fences.watchers], [[40], 0]);
  });

  it('does the same for a draw’s frames, and flips on', async () => {
    const rig = new Rig(3, true);
    let fd = 40;
    const { flips, seen, subscription } = subscribe(rig, () => ({ fence: rig.fences.makePending(fd++) }));
    for (let i = 0; i < 4; i++) {
      await settle();
      assert.equal(
        copies(rig).reduce((sum, one) => sum + one),
        i,
      );
      rig.fences.signal(40 + i);
      await settle();
      rig.flip();
    }
    subscription.unsubscribe();
    assert.equal(seen.error, undefined);
    assert.deepEqual(
      flips.map(({ frame }) => frame),
      [0, 1, 2, 3],
    );
  });

  it('does not copy what a newer frame has replaced, nor what was closed, meanwhile', async () => {
    const rig = new Rig(3, true);
    const run = new Presenting(rig);
    const first = run.frame('replaced', { fence: rig.fences.makePending(40) });
    run.frame('newer', { fence: rig.fences.makePending(41) });
    rig.jobs.run();
    assert.deepEqual(run.log, ['replaced: replaced', 'replaced: released']);
    assert.deepEqual(rig.closedFences, [40]);
    run.presenter.stop('closed');
    await settle();
    assert.deepEqual([copies(rig), rig.closedFences, rig.fences.watchers], [[0, 0, 0], [40, 41], 0]);
    assert.equal(rig.chain.slots[first?.slot ?? NaN]?.age, 0);
    const again = rig.chain.acquire();
    assert.equal(again?.age, 0, 'half-rendered: its contents are unknown');
    assert.deepEqual(rig.faults, []);
  });

  it('discards a frame whose fence cannot be waited for, or whose memory cannot be copied, and goes on', async () => {
    const rig = new Rig(3, true);
    const run = new Presenting(rig);
    run.frame('unpolled', { fence: rig.fences.makePending(40) });
    rig.fences.signal(40, EIO);
    await settle();
    for (const { buffer } of rig.chain.slots) buffer.copyError = new Error('no memory');
    run.frame('uncopied', { fence: rig.fences.make(41) });
    await settle();
    assert.deepEqual(run.log, ['unpolled: refused', 'unpolled: released', 'uncopied: refused', 'uncopied: released']);
    assert.deepEqual(
      rig.faults.map(({ code }) => code),
      ['ERR_DRAW', 'ERR_DRAW'],
    );
    assert.deepEqual([rig.closedFences, run.failure], [[40, 41], undefined]);
    for (const { buffer } of rig.chain.slots) buffer.copyError = undefined;
    run.frame('good', { fence: rig.fences.make(42) });
    await settle();
    rig.flip();
    assert.equal(run.log.at(-1), 'good: shown');
  });

  it('copies nothing for a client’s buffer, whose fence the kernel waits for', () => {
    const rig = new Rig(2, true);
    const run = new Presenting(rig);
    run.client('client', clientBuffer(), { fence: rig.fences.makePending(40) });
    assert.deepEqual([copies(rig), rig.inFences, rig.fences.watchers], [[0, 0], [40], 0]);
    const other = new Rig(2, true);
    const buffer = clientBuffer();
    new Presenting(other); // for its slots
    start(other, ({ number }) => ({ buffer, fence: other.fences.makePending(50 + number) }));
    for (let i = 0; i < 4; i++) other.flip();
    assert.ok(other.committed.length >= 4);
    assert.deepEqual([copies(other), other.fences.watchers], [[0, 0], 0], 'nor where draw has shown one');
  });
});

describe('frames that are asked for', () => {
  it('end with their source: the last is shown, then the stream completes', () => {
    const rig = new Rig();
    const when$ = new Subject<void>();
    const { flips, seen } = subscribe(rig, undefined, undefined, {}, { when$ });
    rig.flip();
    when$.next();
    when$.complete();
    assert.equal(seen.completed, false, 'it is on its way');
    rig.flip();
    assert.equal(seen.completed, true);
    assert.deepEqual(framesOf(flips), [0, 1]);
    assert.deepEqual(rig.chain.counts().current, 1, 'it stays on the screen');
  });

  it('end with a draw that is at work when the source ends, and with none where nothing is asked for', async () => {
    const rig = new Rig();
    const when$ = new Subject<void>();
    let finish: () => void = () => undefined;
    const draw = () => new Promise<void>((resolve) => (finish = resolve));
    const { flips, seen } = subscribe(rig, draw, undefined, {}, { when$ });
    when$.complete();
    assert.equal(seen.completed, false);
    finish();
    await settle();
    rig.flip();
    assert.deepEqual([framesOf(flips), seen.completed], [[0], true]);
    const other = new Rig();
    const source = new Subject<void>();
    const idle = subscribe(other, undefined, undefined, {}, { when$: source });
    other.flip();
    source.complete();
    assert.equal(idle.seen.completed, true);
  });
});

const framesOf = (flips: readonly Flip[]) => flips.map(({ frame }) => frame);
