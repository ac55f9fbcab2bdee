/** The public face of a head, on fakes: acquire, present, turn$, state$, off, canShow, and flips beside them. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import type { Flip } from '../../../src/loop/index.js';
import { closeHeads, HeadRig, turn } from '../../support/head-rig.js';
import { FakeImport } from '../../support/screen-rig.js';

const codeOf = (error: unknown) => (error as GuestheadError).code;

afterEach(closeHeads);

/** What a stream told. */
function watch(rig: HeadRig) {
  const seen = { flips: [] as Flip[], error: undefined as unknown, completed: false };
  const subscription = rig.head
    .flips(() => undefined)
    .subscribe({
      next: (flip) => seen.flips.push(flip),
      error: (error: unknown) => (seen.error = error),
      complete: () => (seen.completed = true),
    });
  return { seen, subscription };
}

describe('a head that is presented to', () => {
  it('shows nothing before the first present, then each in its turn, and gives the screen back in the end', async () => {
    const rig = new HeadRig();
    rig.head.acquire();
    await turn();
    assert.deepEqual([rig.scanout.commits, rig.modesets], [[], []]);
    rig.present('first');
    await rig.flipped();
    rig.present('second');
    await rig.flipped();
    assert.deepEqual(rig.log, ['first shown', 'second shown', 'first released']);
    assert.deepEqual(rig.modes, [true, false]);
    rig.present('queued');
    await rig.head.close();
    await turn();
    assert.deepEqual(rig.log.slice(3).sort(), ['queued closed', 'queued released', 'second released']);
    assert.deepEqual(rig.modesets, ['mode', 'restore', 'released']);
    assert.deepEqual([rig.set.closed, rig.scanout.closed], [true, true]);
    assert.throws(() => rig.head.acquire(), { code: 'ERR_CLOSED' });
  });

  it('gives its program a turn at first, and after each flip that has no successor', async () => {
    const rig = new HeadRig();
    let turns = 0;
    let ended = false;
    rig.head.turn$.subscribe({ next: () => turns++, complete: () => (ended = true) });
    await turn();
    assert.ok(turns > 0);
    const first = turns;
    rig.present('one');
    rig.present('two');
    await rig.flipped();
    assert.equal(turns, first, 'the second is on its way');
    await rig.flipped();
    assert.equal(turns, first + 1);
    await rig.head.close();
    assert.equal(ended, true);
  });

  it('takes no flips beside, nor the other way round, and each is told so and goes on', async () => {
    const rig = new HeadRig();
    rig.present('first');
    await rig.flipped();
    const before = rig.head.stats().frames;
    const { seen } = watch(rig);
    assert.equal(codeOf(seen.error), 'ERR_USAGE');
    rig.present('second');
    await rig.flipped();
    assert.ok(rig.log.includes('second shown'));
    assert.equal(rig.head.stats().frames, before + 1, 'the figures are those of the presents');
    await rig.head.close();
    const other = new HeadRig();
    const flipping = watch(other);
    await other.flipped();
    for (const act of [() => other.head.acquire(), () => other.head.waiting()])
      assert.throws(act, { code: 'ERR_USAGE' });
    let told: unknown;
    other.head.turn$.subscribe({ error: (error: unknown) => (told = error) });
    await turn();
    assert.equal(codeOf(told), 'ERR_USAGE', 'and nothing is thrown past the subscriber');
    await other.flipped();
    assert.deepEqual(
      flipping.seen.flips.map(({ frame }) => frame),
      [0, 1],
    );
    await other.head.close();
    assert.equal(flipping.seen.completed, true);
  });

  it('may be closed before the first turn comes', async () => {
    const rig = new HeadRig();
    const seen: string[] = [];
    rig.head.turn$.subscribe({
      next: () => seen.push('turn'),
      error: () => seen.push('error'),
      complete: () => seen.push('end'),
    });
    await rig.head.close();
    await turn();
    assert.ok(!seen.includes('error'), seen.join());
    assert.ok(seen.includes('end'));
  });

  it('discards what is presented while it is off, as off, and says which state it is in', async () => {
    const rig = new HeadRig();
    const states: string[] = [];
    rig.head.state$.subscribe(({ kind }) => states.push(kind));
    rig.present('first');
    await rig.flipped();
    rig.present('queued');
    const held = rig.head.acquire();
    assert.ok(held);
    await rig.head.off();
    await turn();
    assert.deepEqual(states, ['on', 'off']);
    assert.deepEqual(rig.log.slice(1).sort(), ['first released', 'queued off', 'queued released']);
    assert.equal(held.signal.aborted, true);
    assert.equal(rig.head.acquire(), undefined);
    rig.head.present(held, rig.listening('held'));
    await turn();
    assert.deepEqual(rig.log.slice(-2), ['held off', 'held released']);
    assert.deepEqual(rig.modesets, ['mode', 'off']);
    await rig.head.close();
  });

  it('says what it can show of a client’s buffers, and why not', async () => {
    const rig = new HeadRig();
    assert.deepEqual(rig.head.canShow(new FakeImport().open()), { can: true });
    const small = rig.head.canShow(new FakeImport([64, 31]).open());
    assert.ok(!small.can);
    assert.equal(small.why.code, 'ERR_UNSUPPORTED');
    const wrong = rig.head.canShow(undefined as never);
    assert.ok(!wrong.can);
    assert.equal(wrong.why.code, 'ERR_USAGE');
    await rig.head.close();
    const late = rig.head.canShow(new FakeImport().open());
    assert.ok(!late.can);
    assert.equal(late.why.code, 'ERR_CLOSED');
  });
});

describe('a head whose display is gone', () => {
  it('discards the presents as lost, each released once, and throws nothing past its program', async () => {
    const rig = new HeadRig();
    const states: string[] = [];
    rig.head.state$.subscribe(({ kind }) => states.push(kind));
    rig.present('first');
    await rig.flipped();
    rig.present('queued');
    rig.present('ready');
    rig.lose();
    await turn();
    assert.deepEqual(states, ['on', 'lost']);
    const presents = rig.log.filter((line) => !line.startsWith('ERR'));
    assert.deepEqual(presents.slice(1).sort(), [
      'first released',
      'queued lost',
      'queued released',
      'ready lost',
      'ready released',
    ]);
    assert.equal(rig.head.acquire(), undefined);
    await rig.head.close();
  });

  it('errors its stream once, with ERR_DEVICE_LOST', async () => {
    const rig = new HeadRig();
    const { seen } = watch(rig);
    await rig.flipped();
    rig.lose();
    await turn();
    assert.equal(codeOf(seen.error), 'ERR_DEVICE_LOST');
    assert.equal(seen.completed, false);
    const again = watch(rig);
    assert.equal(codeOf(again.seen.error), 'ERR_DEVICE_LOST');
    await rig.head.close();
  });
});

describe('flips of a head', () => {
  it('begin with frame 0 and its mode, and give the screen back', async () => {
    const rig = new HeadRig();
    const { seen, subscription } = watch(rig);
    for (let i = 0; i < 3; i++) await rig.flipped();
    assert.deepEqual(
      seen.flips.map(({ frame }) => frame),
      [0, 1, 2],
    );
    subscription.unsubscribe();
    assert.deepEqual(rig.modesets, ['mode', 'restore']);
    assert.equal(rig.set.closed, false, 'the head has them still');
    const again = watch(rig);
    await rig.flipped();
    assert.equal(again.seen.flips.length, 1);
    await rig.head.close();
    assert.equal(again.seen.completed, true);
  });

  it('refuse a second subscription, which leaves the figures of the first alone', async () => {
    const rig = new HeadRig();
    const { seen } = watch(rig);
    for (let i = 0; i < 3; i++) await rig.flipped();
    const before = rig.head.stats().frames;
    assert.ok(before > 0);
    const second = watch(rig);
    assert.equal(codeOf(second.seen.error), 'ERR_USAGE');
    assert.equal(rig.head.stats().frames, before);
    await rig.flipped();
    assert.deepEqual([seen.flips.length, rig.head.stats().frames], [4, before + 1]);
    await rig.head.close();
  });
});
