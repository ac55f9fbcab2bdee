/** Fences on the real driver: late and endless rendering, and readers that keep backbuffers. One guest, one script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';
import type { Held } from './guest/held.js';

interface Late {
  readonly committedBeforeSignal: boolean;
  readonly withFence: boolean;
  readonly fencesInAll: number;
  readonly flippedAfterSignalMs: number;
}

interface Fault {
  readonly code: string;
  readonly advice: string;
}

interface Readers {
  readonly drawnWhileLocked: number;
  readonly drawnElsewhere: number;
  readonly flipsWhileLocked: number;
  readonly starvedAfter: boolean;
  readonly draining: number;
  readonly faults: readonly Fault[];
}

/** What test/lab/guest/fences.ts prints. */
interface Seen {
  readonly late: Record<'returned' | 'implicit' | 'merged', Late>;
  /** With one, two, three and four buffers locked. */
  readonly readers: readonly Readers[];
  readonly endless: {
    readonly lastFrame: number;
    readonly commits: number;
    readonly commitsLater: number;
    readonly refused: number;
    readonly faults: readonly Fault[];
  };
  readonly before: Held;
  readonly after: Held;
}

/** What test/lab/guest/out-fence.ts prints. */
interface OutFences {
  readonly seen: readonly {
    readonly pendingAtCommit: boolean;
    readonly seenAtNs: number;
    readonly signalledAtNs: number;
    readonly shownAtNs: number;
  }[];
  readonly before: Held;
  readonly after: Held;
}

let lab: Lab;
let seen: Seen;
let outFences: OutFences;
before(async () => {
  lab = await Lab.boot();
  seen = lastJson<Seen>(await lab.run(script('test/lab/guest/fences.ts')));
  outFences = lastJson<OutFences>(await lab.run(script('test/lab/guest/out-fence.ts')));
});
after(async () => {
  await lab.close();
});

describe('a render fence that signals late', () => {
  for (const [name, kind, fences] of [
    ['returned by draw becomes the in-fence of that frame’s commit', 'returned', 1],
    ['merged of two holds the flip up until the later one', 'merged', 1],
    ['left on the frame’s dma-buf is waited for all the same', 'implicit', 0],
  ] as const)
    it(name, () => {
      const { committedBeforeSignal, withFence, fencesInAll, flippedAfterSignalMs } = seen.late[kind];
      assert.ok(committedBeforeSignal, 'it is the kernel that waits');
      assert.equal(withFence, fences === 1);
      assert.equal(fencesInAll, fences);
      assert.ok(flippedAfterSignalMs >= 0, `flipped ${-flippedAfterSignalMs} ms too early`);
    });
});

describe('buffers that a reader keeps', () => {
  for (const locked of [1, 2])
    it(`${locked} of 4 are not drawn into; flips go on with the others`, () => {
      const readers = seen.readers[locked - 1];
      assert.equal(readers?.drawnWhileLocked, 0);
      assert.equal(readers.drawnElsewhere, 4 - locked);
      assert.equal(readers.flipsWhileLocked, 20);
      assert.deepEqual(readers.faults, []);
    });

  for (const locked of [3, 4])
    it(`${locked} of 4 starve the loop, which is counted and ends when they are let go`, () => {
      const readers = seen.readers[locked - 1];
      assert.equal(readers?.drawnWhileLocked, 0);
      assert.equal(readers.drawnElsewhere, 4 - locked);
      assert.equal(readers.draining, 3);
      assert.equal(readers.starvedAfter, true);
    });

  it('for longer than the flip timeout are reported, each with what it waits for, once', () => {
    const { faults } = seen.readers[3] ?? { faults: [] };
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['ERR_FLIP_TIMEOUT'],
    );
    for (const buffer of [0, 1, 2, 3]) assert.match(faults[0]?.advice ?? '', new RegExp(`buffer ${buffer} `));
  });
});

describe('a render fence that does not signal', () => {
  it('is reported once, by its driver', () => {
    const { faults } = seen.endless;
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['ERR_FLIP_TIMEOUT'],
    );
    assert.match(faults[0]?.advice ?? '', /fence of vgem/);
  });

  it('stops the commits until it does, and no longer', () => {
    const { commits, commitsLater, refused, lastFrame } = seen.endless;
    assert.equal(commitsLater, commits);
    assert.equal(refused, 0);
    assert.equal(lastFrame, 12);
  });
});

describe('an out-fence that a present asks for', () => {
  it('is pending when the commit returns, and signals with the flip, at the time that its event tells', () => {
    const { seen } = outFences;
    assert.equal(seen.length, 3);
    for (const { pendingAtCommit, seenAtNs, signalledAtNs, shownAtNs } of seen) {
      assert.ok(pendingAtCommit || shownAtNs <= seenAtNs, JSON.stringify(seen));
      assert.equal(Math.floor(signalledAtNs / 1000), shownAtNs / 1000, 'the event tells microseconds');
    }
  });

  it('is closed by whom it was given to, and nothing else is left open', () => {
    assert.deepEqual(outFences.after, outFences.before);
  });
});

it('no fence and no buffer is left open', () => {
  assert.ok(seen.before.fds > 3);
  assert.ok(seen.before.dmabufs >= 4);
  assert.deepEqual(seen.after, seen.before);
});
