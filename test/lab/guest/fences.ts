/**
 * Flips while fences of vgem hold things up: rendering that ends late or never, and
 * readers that keep backbuffers. Prints one JSON object of what was seen.
 */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom, lastValueFrom, takeWhile } from 'rxjs';
import type { GuestheadError } from '../../../src/errors.js';
import { Fence } from '../../../src/buffer/index.js';
import { access } from '../../../src/native/index.js';
import { openHead } from '../../../src/head/index.js';
import { monotonicClock, type Draw, type Flip } from '../../../src/loop/index.js';
import { held } from './held.js';
import { Vgem, type VgemFence } from './vgem.js';
import { watchedKernel, type Commits } from './watched-kernel.js';

const now = () => monotonicClock.now();
const commits: Commits = { flips: [], others: [] };
const kernel = watchedKernel(commits);
const { native } = kernel;
const vgem = Vgem.open();
const head = await openHead({ kernel, mode: '1280x768', flipTimeoutMs: 500 });
const faults: GuestheadError[] = [];
head.faults$.subscribe((fault) => faults.push(fault));

/** Flips for as long as `goOn` says of each flip. */
async function flipping(draw: Draw, goOn: (flip: Flip) => boolean): Promise<void> {
  await lastValueFrom(head.flips(draw).pipe(takeWhile(goOn)), { defaultValue: undefined });
}

/** A fence of its own buffer, with the sync_file that stands for it. */
class RenderFence {
  readonly #memory = native.createUdmabuf(4096);
  readonly #fence = vgem.attach(this.#memory, { write: true });
  signalledAt = Infinity;

  /** The caller's to close. */
  open(): Fence {
    return Fence.adopt(native.exportSyncFile(this.#memory, access.read));
  }

  signal(): void {
    this.signalledAt = now();
    this.#fence.signal();
    closeSync(this.#memory);
  }
}

/** The frame that is held up, and the last to be looked at. */
const [heldUp, last] = [6, 12];

/** Starts the fences of a frame, arms their signals, and returns what `draw` shall. */
type HoldUp = (frame: Parameters<Draw>[0], signalled: (at: number) => void) => Fence | undefined;

/** A fence returned by `draw`. */
const returned: HoldUp = (_, signalled) => {
  const fence = new RenderFence();
  setTimeout(() => {
    fence.signal();
    signalled(fence.signalledAt);
  }, 100);
  return fence.open();
};

/** Nothing returned: the kernel finds the writer's fence on the frame's dma-buf. */
const implicit: HoldUp = (frame, signalled) => {
  const fence = vgem.attach(frame.drawnFd, { write: true });
  setTimeout(() => {
    signalled(now());
    fence.signal();
  }, 100);
  return undefined;
};

/** Two fences merged into one, of which the first in the merge is the later. */
const merged: HoldUp = (_, signalled) => {
  const [late, early] = [new RenderFence(), new RenderFence()];
  const fences = [late.open(), early.open()];
  const both = Fence.merge(fences);
  for (const fence of fences) fence.close();
  setTimeout(() => {
    early.signal();
  }, 40);
  setTimeout(() => {
    late.signal();
    signalled(late.signalledAt);
  }, 100);
  return both;
};

async function lateRendering(holdUp: HoldUp) {
  const firstCommit = commits.flips.length;
  let signalledAt = NaN;
  let flippedAt = NaN;
  await flipping(
    (frame) => {
      if (frame.number !== heldUp) return;
      return { fence: holdUp(frame, (at) => (signalledAt = at)) };
    },
    (flip) => {
      if (flip.frame === heldUp) flippedAt = flip.timestampNs / 1e6;
      return flip.frame < last;
    },
  );
  const commit = commits.flips[firstCommit + heldUp];
  return {
    committedBeforeSignal: (commit?.at ?? NaN) < signalledAt,
    withFence: commit?.hasFence,
    fencesInAll: commits.flips.slice(firstCommit).filter(({ hasFence }) => hasFence).length,
    flippedAfterSignalMs: flippedAt - signalledAt,
  };
}

/** Readers' fences on so many of the backbuffers, until the loop starves or has flipped for a while without them. */
async function lateReaders(count: number) {
  const firstFault = faults.length;
  const readers = new Map<number, VgemFence>();
  const drawnElsewhere = new Set<number>();
  const drawnAgain = new Set<number>();
  let drawnWhileLocked = 0;
  let flipsWhileLocked = 0;
  let starving: Promise<void> | undefined;
  let atStarvation = head.states();
  let starvedAfter: boolean | undefined;
  const isLocked = () => [...readers.values()].some(({ pending }) => pending);
  const letGo = () => {
    for (const fence of readers.values()) fence.signal();
  };
  const starve = async () => {
    if (count === 4) await firstValueFrom(head.faults$);
    else await sleep(300);
    atStarvation = head.states();
    letGo();
  };
  await flipping(
    ({ drawnFd }) => {
      const reader = readers.get(drawnFd);
      if (reader?.pending === true) drawnWhileLocked++;
      else if (reader !== undefined) drawnAgain.add(drawnFd);
      else if (readers.size < count) readers.set(drawnFd, vgem.attach(drawnFd, { write: false }));
      else drawnElsewhere.add(drawnFd);
      if (readers.size === count && count > 2) starving ??= starve();
    },
    ({ starved }) => {
      if (readers.size < count) return true;
      if (isLocked()) flipsWhileLocked++;
      else starvedAfter ??= starved;
      if (count <= 2 && flipsWhileLocked >= 20) letGo();
      return drawnAgain.size < count;
    },
  );
  await starving;
  return {
    drawnWhileLocked,
    drawnElsewhere: drawnElsewhere.size,
    flipsWhileLocked,
    starvedAfter,
    draining: atStarvation.draining,
    faults: faults.slice(firstFault).map(({ code, advice }) => ({ code, advice })),
  };
}

/** Rendering that does not end before the loop has complained, and some time after. */
async function endlessRendering() {
  const firstFault = faults.length;
  const seen: Record<string, number> = {};
  const fence = new RenderFence();
  const complaint = firstValueFrom(head.faults$).then(async () => {
    seen['commits'] = commits.flips.length;
    await sleep(900);
    seen['commitsLater'] = commits.flips.length;
    fence.signal();
  });
  await flipping(
    ({ number }) => (number === heldUp ? { fence: fence.open() } : undefined),
    ({ frame }) => {
      seen['lastFrame'] = frame;
      return frame < last;
    },
  );
  await complaint;
  const refused = commits.flips.filter(({ result }) => result !== 0).length;
  return { ...seen, refused, faults: faults.slice(firstFault).map(({ code, advice }) => ({ code, advice })) };
}

await lateRendering(returned); // warms up what stays open
const before = held();
const late = {
  returned: await lateRendering(returned),
  implicit: await lateRendering(implicit),
  merged: await lateRendering(merged),
};
const readers = [await lateReaders(1), await lateReaders(2), await lateReaders(3), await lateReaders(4)];
const endless = await endlessRendering();
const after = held();
await head.close();
vgem.close();
console.log(JSON.stringify({ late, readers, endless, before, after }));
