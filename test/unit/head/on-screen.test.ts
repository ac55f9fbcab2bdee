/** What outlives a change of mode or path: the frame path, the buffers in it, what is on its way to the screen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientBuffer } from '../../../src/buffer/index.js';
import { Presenter, type Outcome } from '../../../src/loop/index.js';
import { FakeImport, fakeSet, ScreenRig, type FakeSet } from '../../support/screen-rig.js';

/** A presenter on a set, as a head starts one. */
function present(rig: ScreenRig, { set }: FakeSet) {
  rig.screen.use(set);
  const events: string[] = [];
  const presenter = new Presenter(rig.parts(set), {
    told: () => undefined,
    turn: () => presenter.commitNext(),
    modeShown: () => events.push('mode shown'),
    master: () => undefined,
    failed: (error) => events.push(String(error)),
  });
  presenter.start();
  const outcomes: Outcome[] = [];
  const listen = (name: string) => ({
    onOutcome: (outcome: Outcome) => {
      outcomes.push(outcome);
      const { kind } = outcome;
      events.push(`${name} ${kind === 'shown' ? 'shown' : outcome.reason}`);
    },
    onReleased: () => events.push(`${name} released`),
  });
  return {
    events,
    outcomes,
    presenter,
    frame: (name: string) => {
      const slot = presenter.acquire();
      assert.ok(slot, presenter.waiting().join());
      presenter.presentFrame(slot, listen(name));
      presenter.commitNext();
      return slot.index;
    },
    client: (name: string, buffer: ClientBuffer) => {
      presenter.presentClient(buffer, listen(name));
      presenter.commitNext();
      return rig.screen.slotOf(buffer, set);
    },
  };
}

describe('a set that is replaced', () => {
  it('stays open until a frame of the next is on the screen and the host has let go of the last of its own', () => {
    const rig = new ScreenRig();
    const [old, next] = [fakeSet(), fakeSet(4, [128, 64])];
    const before = present(rig, old);
    const first = before.frame('first');
    rig.flip();
    rig.scanout.held.add(first);
    before.presenter.stop('resized');
    const after = present(rig, next);
    after.frame('large');
    assert.deepEqual(rig.modes, [true, true], 'the mode comes with a frame of its size');
    assert.equal(old.closed, false);
    rig.flip();
    assert.deepEqual(after.events, ['mode shown', 'large shown']);
    rig.screen.retire(old.set);
    assert.deepEqual([old.closed, before.events], [false, ['mode shown', 'first shown']]);
    rig.signal(first);
    assert.deepEqual(before.events.at(-1), 'first released');
    assert.equal(old.closed, true);
    assert.equal(next.closed, false);
  });

  it('has its queued frame shown under the next presenter, with its sequence, and released by the host', () => {
    const rig = new ScreenRig();
    const [old, next] = [fakeSet(), fakeSet(4, [128, 64])];
    const before = present(rig, old);
    before.frame('first');
    rig.flip();
    const queued = before.frame('queued');
    before.frame('ready');
    before.presenter.stop('resized');
    rig.jobs.run();
    assert.deepEqual(before.events, ['mode shown', 'first shown', 'ready resized', 'ready released']);
    const after = present(rig, next);
    after.frame('large');
    assert.equal(rig.scanout.pending, queued, 'one commit at a time');
    rig.screen.retire(old.set);
    rig.flip({ cycles: 3 });
    assert.deepEqual(before.events.slice(4), ['queued shown', 'first released']);
    const [, outcome] = before.outcomes.filter(({ kind }) => kind === 'shown');
    assert.ok(outcome?.kind === 'shown');
    assert.deepEqual([outcome.sequence, outcome.refreshNs], [4, 16_666_667]);
    assert.equal(old.closed, false, 'it is on the screen');
    rig.flip();
    assert.deepEqual([before.events.at(-1), old.closed], ['queued released', true]);
    assert.deepEqual(rig.modes, [true, false, true]);
  });

  it('lets go of nothing that a client has on the screen', () => {
    const rig = new ScreenRig();
    const [old, next] = [fakeSet(), fakeSet(4, [48, 32])];
    const given = new FakeImport();
    const before = present(rig, old);
    const slot = before.client('client', given.open());
    rig.flip();
    rig.scanout.held.add(slot);
    before.presenter.stop('resized');
    rig.screen.retire(old.set);
    assert.equal(old.closed, true, 'none of its own buffers was shown');
    rig.jobs.run();
    assert.deepEqual(before.events, ['mode shown', 'client shown']);
    const after = present(rig, next);
    after.frame('small');
    rig.flip();
    assert.deepEqual(before.events, ['mode shown', 'client shown'], 'the host reads it still');
    rig.signal(slot);
    assert.deepEqual(before.events.at(-1), 'client released');
    assert.equal(given.closed, false, 'it stays attached until it is closed');
  });

  it('goes at once where nothing of it was ever shown', () => {
    const rig = new ScreenRig();
    const never = fakeSet();
    rig.screen.use(never.set);
    rig.screen.retire(never.set);
    assert.equal(never.closed, true);
    const other = fakeSet();
    rig.screen.retire(other.set);
    assert.equal(other.closed, true);
  });
});

describe('the end of a screen', () => {
  it('settles and releases all that is on the way or shown, once, and detaches a closed buffer that it shows', () => {
    const rig = new ScreenRig();
    const set = fakeSet();
    const given = new FakeImport();
    const handle = given.open();
    const run = present(rig, set);
    run.client('on screen', handle);
    rig.flip();
    handle.close();
    run.frame('queued');
    run.frame('ready');
    run.presenter.stop('closed');
    rig.screen.stop('closed');
    assert.equal(given.closed, false);
    const next = rig.screen.end('closed');
    rig.jobs.run();
    assert.equal(next, 3);
    assert.equal(given.closed, true);
    const told = run.events.slice(2).sort();
    assert.deepEqual(told, [
      'on screen released',
      'queued closed',
      'queued released',
      'ready closed',
      'ready released',
    ]);
    rig.screen.end('closed');
    rig.jobs.run();
    assert.deepEqual(run.events.length, told.length + 2, 'and nobody twice');
  });

  it('ends what was retired and not let go of yet', () => {
    const rig = new ScreenRig();
    const [old, next] = [fakeSet(), fakeSet()];
    const before = present(rig, old);
    rig.scanout.held.add(before.frame('first'));
    rig.flip();
    before.presenter.stop('resized');
    const after = present(rig, next);
    after.frame('next');
    rig.flip();
    rig.screen.retire(old.set);
    assert.equal(old.closed, false);
    rig.screen.end('closed');
    rig.jobs.run();
    assert.deepEqual([old.closed, before.events.at(-1)], [true, 'first released']);
  });
});
