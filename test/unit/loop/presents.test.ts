/** How presents end, what comes with them, and what they leave alone. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { Rig, settle } from '../../support/loop-rig.js';
import { clientBuffer, Presenting, type Told } from '../../support/presenting.js';

const { EACCES, EINVAL, ENODEV } = constants.errno;
const reasonOf = ({ outcomes }: Told) =>
  outcomes.map((outcome) => (outcome.kind === 'shown' ? 'shown' : outcome.reason));

describe('a present that is shown', () => {
  it('is told so with sequence, time and refresh, the first as well, which sets the mode', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('first');
    rig.flip({ elapsedNs: 5e6 });
    const second = run.frame('second');
    rig.flip({ cycles: 3, elapsedNs: 40e6 });
    const refreshNs = 16_666_667;
    assert.deepEqual(
      run.all.map(({ outcomes }) => outcomes),
      [
        [{ kind: 'shown', frame: 0, sequence: 1, timestampNs: 5e6, refreshNs, zeroCopy: true }],
        [{ kind: 'shown', frame: 1, sequence: 4, timestampNs: 45e6, refreshNs, zeroCopy: true }],
      ],
    );
    assert.deepEqual([rig.shown, rig.committed], [[0], [second?.slot]]);
    assert.deepEqual(run.log, ['mode shown', 'first: shown', 'second: shown', 'first: released']);
  });

  it('with the mode has the time when it was heard of, where the kernel tells that of a vblank long before', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.clock.advance(5000);
    const told = run.frame('first');
    run.clock.advance(10);
    rig.flip({ elapsedNs: 1000e6 });
    const [outcome] = told?.outcomes ?? [];
    assert.ok(outcome?.kind === 'shown');
    assert.equal(outcome.timestampNs, 5010e6);
  });

  it('is told so after DRM master was lost and is ours again, with the mode and its own flip', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('first');
    rig.flip();
    rig.master = false;
    rig.native.errnos.push(EACCES);
    const told = run.frame('kept');
    run.clock.advance(250);
    assert.deepEqual(told && reasonOf(told), []);
    rig.master = true;
    run.clock.advance(250);
    assert.deepEqual(rig.shown, [0, told?.slot]);
    rig.flip({ cycles: 40 });
    const [outcome] = told?.outcomes ?? [];
    assert.ok(outcome?.kind === 'shown');
    assert.equal(outcome.sequence, 41);
    const inOrder = ['no master', 'master', 'mode shown', 'kept: shown', 'first: released'];
    assert.deepEqual(run.log.slice(2), inOrder);
  });

  it('says that it was copied, on the path that copies, unless it is a client’s buffer', () => {
    const rig = new Rig(4, true);
    const run = new Presenting(rig);
    run.frame('ours', {});
    rig.flip();
    run.client('theirs', clientBuffer(), {});
    rig.flip();
    const zeroCopy = run.all.map(({ outcomes: [outcome] }) => outcome?.kind === 'shown' && outcome.zeroCopy);
    assert.deepEqual(zeroCopy, [false, true]);
  });
});

describe('a present that is not shown', () => {
  it('is discarded as replaced by a newer one, before its release', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    for (const name of ['queued', 'older', 'newer']) run.frame(name);
    rig.flip();
    rig.flip();
    assert.deepEqual(run.all.map(reasonOf), [['shown'], ['replaced'], ['shown']]);
    assert.deepEqual(run.log.slice(1, 3), ['older: replaced', 'older: released']);
    assert.deepEqual(
      run.flips.map(({ dropped }) => dropped),
      [1, 0],
    );
  });

  it('is discarded as closed where its presenter ends, and what is queued where nobody hears of its flip', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('queued');
    run.frame('ready');
    run.presenter.stop('closed');
    rig.jobs.run();
    assert.deepEqual(run.log, ['ready: closed', 'ready: released']);
    run.end();
    assert.deepEqual(run.log.slice(2), ['queued: closed', 'queued: released']);
  });

  it('is discarded as lost with the device, all that is on its way', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('shown');
    rig.flip();
    run.frame('queued');
    run.client('ready', clientBuffer());
    rig.lose();
    assert.deepEqual(run.all.map(reasonOf), [['shown'], ['lost'], ['lost']]);
    assert.deepEqual(
      run.all.map(({ released }) => released),
      [1, 1, 1],
    );
    assert.equal((run.failure as GuestheadError).code, 'ERR_DEVICE_LOST');
    assert.deepEqual(rig.closedFences, [100, 101, 102]);
  });

  it('is discarded as refused where the kernel refuses it for good', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('shown');
    rig.flip();
    rig.native.errnos.push(EINVAL);
    run.frame('refused');
    rig.jobs.run();
    assert.deepEqual(run.all.map(reasonOf), [['shown'], ['refused']]);
    assert.equal((run.failure as GuestheadError).errno, EINVAL);
  });

  it('waits where a commit says ENODEV and the device is there all the same', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    run.frame('first');
    rig.flip();
    rig.isGone = false;
    rig.native.errnos.push(ENODEV);
    const told = run.frame('kept');
    assert.equal(run.failure, undefined);
    run.clock.advance(4);
    rig.flip();
    assert.deepEqual(told && reasonOf(told), ['shown']);
  });
});

describe('a client’s buffer that is presented', () => {
  it('takes no backbuffer, and leaves the ages of all as they are', () => {
    const rig = new Rig(2);
    const run = new Presenting(rig);
    const buffer = clientBuffer();
    const ages: number[] = [];
    const frame = () => {
      const slot = run.presenter.acquire();
      assert.ok(slot);
      ages.push(slot.age);
      run.presenter.presentFrame(slot, {});
      run.presenter.commitNext();
      rig.flip();
    };
    for (let i = 0; i < 3; i++) frame();
    for (let i = 0; i < 3; i++) {
      run.client(`client ${i}`, buffer);
      assert.equal(rig.chain.counts().drawing, 0);
      rig.flip();
    }
    for (let i = 0; i < 2; i++) frame();
    assert.deepEqual(ages, [0, 0, 2, 5, 5], 'counted in frames, of which the client’s are some');
  });

  it('has a release of its own for each of two handles of one dma-buf', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    const first = clientBuffer();
    const second = clientBuffer();
    run.client('by the first', first);
    run.clients.set(second, run.clients.get(first) ?? NaN); // the same dma-buf has one slot
    rig.flip();
    run.client('by the second', second);
    rig.flip();
    run.frame('next');
    assert.deepEqual(
      run.all.map(({ released }) => released),
      [0, 0, 0],
    );
    rig.flip();
    assert.deepEqual(run.log.slice(-2), ['by the first: released', 'by the second: released']);
  });
});

describe('a callback that throws', () => {
  it('is reported, and stops neither the other callbacks nor the flips', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    const throwing = (what: string) => () => {
      throw new Error(what);
    };
    run.frame('bad', { onOutcome: throwing('from an outcome'), onReleased: throwing('from a release') });
    run.frame('good');
    rig.flip();
    rig.flip();
    rig.flip();
    assert.deepEqual(
      rig.faults.map(({ code, message }) => [code, message]),
      [
        ['ERR_CALLBACK', 'A callback threw: from an outcome'],
        ['ERR_CALLBACK', 'A callback threw: from a release'],
      ],
    );
    assert.deepEqual(run.all.map(reasonOf), [['shown'], ['shown']]);
    assert.deepEqual([run.all[0]?.released, run.failure], [1, undefined]);
  });

  it('is called after the turn’s commit: it holds none up', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    let committedBy = 0;
    run.frame('first', { onOutcome: () => (committedBy = rig.committed.length) });
    run.frame('second');
    rig.native.flip();
    assert.deepEqual([committedBy, rig.committed.length], [0, 1]);
    rig.jobs.run();
    assert.equal(committedBy, 1);
  });
});

describe('damage', () => {
  it('comes to the commit as the clips of the kernel', () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    const damage = [
      { x: 1, y: 2, width: 3, height: 4 },
      { x: 10, y: 20, width: 0, height: 5 },
    ];
    run.frame('first', { damage });
    rig.flip();
    run.frame('second', {});
    rig.flip();
    run.client('third', clientBuffer(), { damage: [] });
    assert.deepEqual(
      rig.native.commits.map((commit) => commit.damage),
      [[1, 2, 4, 6, 10, 20, 10, 25], undefined, []],
    );
  });

  it('that is no part of a picture is ERR_USAGE', async () => {
    const rig = new Rig();
    const run = new Presenting(rig);
    const whole = { x: 0, y: 0, width: 1, height: 1 };
    for (const wrong of [{ x: -1 }, { y: 0.5 }, { width: -1 }, { height: NaN }, { x: '1' as unknown as number }]) {
      const slot = run.presenter.acquire();
      assert.ok(slot);
      assert.throws(() => run.presenter.presentFrame(slot, { damage: [{ ...whole, ...wrong }] }), {
        code: 'ERR_USAGE',
      });
      rig.chain.cancel(slot.index);
    }
    await settle();
    assert.deepEqual([rig.native.commits, rig.ahead.ready], [[], undefined]);
  });
});
