/** acquire, present and cancel, as a program calls them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientBuffer, Fence } from '../../../src/buffer/index.js';
import { DirectPresenter } from '../../../src/head/direct-presenter.js';
import { ProgramFrames } from '../../../src/head/program-frames.js';
import type { Frame, PresentOptions } from '../../../src/loop/index.js';
import { FakeImport, fakeSet, ScreenRig, type FakeSet } from '../../support/screen-rig.js';

/** A program on a screen, whose set changes as with a resize. */
class ProgramRig extends ScreenRig {
  readonly log: string[] = [];
  readonly frames = new ProgramFrames(this.outbox);
  turns = 0;
  #presenter: DirectPresenter | undefined;

  use(to: FakeSet): void {
    this.stop('resized');
    this.screen.use(to.set);
    const parts = this.parts(to.set);
    this.#presenter = new DirectPresenter(parts, {
      told: () => undefined,
      turn: () => this.turns++,
      modeShown: () => undefined,
      master: () => undefined,
      failed: (error) => this.log.push(String(error)),
    });
    this.frames.use(this.#presenter, parts.swapchain);
    this.#presenter.start();
    this.jobs.run();
  }

  stop(reason: 'resized' | 'closed' | 'off'): void {
    this.frames.stop(reason);
    this.screen.ahead.cancel(reason);
    this.#presenter?.stop();
    this.jobs.run();
  }

  listening(name: string, fence?: Fence): PresentOptions {
    return {
      fence,
      onOutcome: (outcome) => this.log.push(`${name} ${outcome.kind === 'shown' ? 'shown' : outcome.reason}`),
      onReleased: () => this.log.push(`${name} released`),
    };
  }

  acquire(): Frame {
    const frame = this.frames.acquire();
    assert.ok(frame, this.frames.waiting().join());
    return frame;
  }
}

function open(count = 4): { rig: ProgramRig; set: FakeSet } {
  const rig = new ProgramRig();
  const set = fakeSet(count);
  rig.use(set);
  return { rig, set };
}

describe('a program that presents', () => {
  it('has its frames shown in turn, and is given a turn when a present would be committed at once', () => {
    const { rig } = open();
    assert.deepEqual([rig.turns, rig.frames.idle], [1, true], 'the first');
    const frame = rig.acquire();
    assert.deepEqual([frame.number, frame.age, frame.width, frame.height], [0, 0, 64, 32]);
    frame.pixels.fill(1);
    rig.frames.present(frame, rig.listening('first', rig.fences.make(40)));
    assert.deepEqual([rig.scanout.commits[0]?.inFence, rig.modes, rig.frames.idle], [40, [true], false]);
    rig.flip();
    assert.deepEqual(rig.log, ['first shown']);
    assert.deepEqual([rig.turns, rig.frames.idle], [2, true]);
    rig.frames.present(rig.acquire(), rig.listening('second'));
    rig.flip();
    assert.deepEqual(rig.log, ['first shown', 'second shown', 'first released']);
  });

  it('gets no frame while all are on their way or read, and is told why', () => {
    const { rig } = open(2);
    rig.frames.present(rig.acquire(), {});
    rig.acquire();
    assert.equal(rig.frames.acquire(), undefined);
    assert.match(rig.frames.waiting().join(), /buffer 0 waits for its flip event.*buffer 1 is being drawn/);
  });

  it('may cancel a frame, once or twice, whose buffer is free again with unknown contents', () => {
    const { rig } = open(2);
    const frame = rig.acquire();
    rig.frames.cancel(frame);
    rig.frames.cancel(frame);
    assert.equal(rig.screen.chain.counts().free, 2);
    assert.throws(() => rig.frames.present(frame, {}), { code: 'ERR_USAGE' });
  });

  it('may not present a frame twice, nor what is none: the fence stays its own then', () => {
    const { rig } = open();
    const frame = rig.acquire();
    rig.frames.present(frame, {});
    const fence = rig.fences.make(40);
    for (const wrong of [frame, {}, undefined, 7])
      assert.throws(() => rig.frames.present(wrong as Frame, { fence }), {
        code: 'ERR_USAGE',
        advice: /each frame once/,
      });
    assert.deepEqual([rig.fences.closed, rig.scanout.commits.length], [[], 1]);
    rig.flip();
    assert.equal(rig.screen.chain.counts().current, 1);
  });

  it('takes a fence over: it is closed for whoever gave it, and cannot be given twice', () => {
    const { rig } = open();
    const fence = rig.fences.make(40);
    rig.frames.present(rig.acquire(), { fence });
    assert.equal(fence.closed, true);
    assert.throws(() => rig.frames.present(rig.acquire(), { fence }), { code: 'ERR_CLOSED' });
    fence.close();
    assert.deepEqual(rig.fences.closed, []);
    rig.flip();
    assert.deepEqual([rig.fences.closed, rig.screen.chain.counts().current], [[40], 1]);
  });

  it('may not present with what is no fence, no damage or no callback: nothing is shown, and the frame comes back', () => {
    const { rig } = open();
    for (const wrong of [null, 5, { fence: 5 }, { damage: 'all' }, { onOutcome: 1 }, { onReleased: {} }])
      assert.throws(() => rig.frames.present(rig.acquire(), wrong as PresentOptions), { code: 'ERR_USAGE' });
    assert.deepEqual([rig.scanout.commits, rig.screen.chain.counts().free], [[], 4]);
  });

  it('has a frame back where presenting it fails, and its fence stays its own', () => {
    const { rig } = open(2);
    const fence = rig.fences.make(40);
    const frame = rig.acquire();
    const damage = [{ x: -1, y: 0, width: 1, height: 1 }];
    assert.throws(() => rig.frames.present(frame, { fence, damage }), { code: 'ERR_USAGE' });
    const unmapped = rig.acquire();
    for (const { buffer } of rig.screen.chain.slots)
      (buffer as unknown as { endError: Error }).endError = Object.assign(new Error('gone'), { errno: 5 });
    assert.throws(() => rig.frames.present(unmapped, { fence }), { code: 'ERR_SYSTEM', errno: 5 });
    assert.deepEqual([rig.screen.chain.counts().free, rig.fences.closed, rig.scanout.commits], [2, [], []]);
  });
});

describe('a frame of a mode that has passed', () => {
  it('is discarded as resized, and its buffer comes back, so that its set can go', () => {
    const { rig, set } = open();
    rig.frames.present(rig.acquire(), {});
    rig.flip();
    const stale = rig.acquire();
    const { signal } = stale;
    assert.equal(signal.aborted, false);
    const next = fakeSet(4, [128, 64]);
    rig.use(next);
    rig.screen.retire(set.set);
    assert.equal(signal.aborted, true);
    const fresh = rig.acquire();
    assert.deepEqual([fresh.width, fresh.height, fresh.age], [128, 64, 0]);
    rig.frames.present(fresh, rig.listening('fresh'));
    rig.flip();
    assert.equal(set.closed, false, 'the program draws into one of its buffers');
    rig.frames.present(stale, rig.listening('stale', rig.fences.make(40)));
    rig.jobs.run();
    assert.deepEqual(rig.log, ['fresh shown', 'stale resized', 'stale released']);
    assert.deepEqual([rig.fences.closed, set.closed], [[40], true]);
    assert.equal(rig.screen.chain.counts().current, 1);
    assert.throws(() => rig.frames.present(stale, {}), { code: 'ERR_USAGE' });
  });

  it('may be cancelled as well', () => {
    const { rig, set } = open();
    const stale = rig.acquire();
    rig.use(fakeSet());
    rig.screen.retire(set.set);
    assert.equal(set.closed, false);
    rig.frames.cancel(stale);
    assert.equal(set.closed, true);
  });

  it('leaves what waits for its commit discarded, and what is queued shown', () => {
    const { rig } = open();
    for (const name of ['queued', 'ready']) rig.frames.present(rig.acquire(), rig.listening(name));
    rig.use(fakeSet(4, [128, 64]));
    rig.flip();
    assert.deepEqual(rig.log, ['ready resized', 'ready released', 'queued shown']);
  });
});

describe('a program while nothing can be shown', () => {
  it('is given no frame, and what it presents is discarded for the reason', () => {
    for (const reason of ['off', 'closed'] as const) {
      const { rig } = open();
      const held = rig.acquire();
      rig.stop(reason);
      assert.equal(rig.frames.acquire(), undefined);
      assert.match(rig.frames.waiting().join(), new RegExp(reason));
      rig.frames.present(held, rig.listening('frame', rig.fences.make(40)));
      rig.frames.present(new FakeImport().open(), rig.listening('client', rig.fences.make(41)));
      rig.jobs.run();
      const told = ['frame', 'client'].flatMap((name) => [`${name} ${reason}`, `${name} released`]);
      assert.deepEqual([rig.log, rig.fences.closed], [told, [40, 41]]);
      assert.equal(rig.frames.idle, false);
    }
  });
});

describe('a client’s buffer that a program presents', () => {
  it('is shown, released after the host, and stays attached', () => {
    const { rig } = open();
    const given = new FakeImport();
    const handle = given.open();
    rig.frames.present(handle, rig.listening('client', rig.fences.make(40)));
    assert.equal(rig.scanout.commits[0]?.inFence, 40);
    rig.flip();
    rig.frames.present(rig.acquire(), rig.listening('frame'));
    rig.flip();
    assert.deepEqual(rig.log, ['client shown', 'frame shown', 'client released']);
    assert.equal(given.closed, false);
    handle.close();
    assert.equal(given.closed, true);
  });

  it('that cannot be shown is refused, and takes neither the fence nor a slot', () => {
    const { rig } = open();
    const closed = new FakeImport().open();
    closed.close();
    const cases: [ClientBuffer, string][] = [
      [closed, 'ERR_CLOSED'],
      [new FakeImport([32, 32]).open(), 'ERR_UNSUPPORTED'],
    ];
    const fence = rig.fences.make(40);
    for (const [buffer, code] of cases)
      assert.throws(() => rig.frames.present(buffer, rig.listening('client', fence)), { code });
    const damage = [{ x: 0, y: 0, width: NaN, height: 1 }];
    const good = new FakeImport();
    const handle = good.open();
    assert.throws(() => rig.frames.present(handle, { fence, damage }), { code: 'ERR_USAGE' });
    handle.close();
    rig.jobs.run();
    assert.equal(good.closed, true, 'nothing holds it');
    assert.deepEqual([rig.log, rig.fences.closed, rig.scanout.commits], [[], [], []]);
    const shown = new FakeImport().open();
    rig.frames.present(shown, rig.listening('shown', fence));
    assert.equal(rig.scanout.commits.length, 1, 'the fence is as good as ever');
  });
});
