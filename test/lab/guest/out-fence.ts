/** Presents that ask for their commits' out-fences; prints when each signalled, and when its frame was shown. */
import { openHead } from '../../../src/head/index.js';
import type { Fence } from '../../../src/buffer/index.js';
import type { Outcome } from '../../../src/loop/index.js';
import { loadNative } from '../../../src/native/index.js';
import { held } from './held.js';

const frames = 3;

interface Shown {
  readonly pendingAtCommit: boolean;
  /** When that was seen. This, and the others by the kernel: CLOCK_MONOTONIC, ns. */
  readonly seenAtNs: number;
  readonly signalledAtNs: number;
  readonly shownAtNs: number;
}

const native = loadNative();
const head = await openHead();

async function show(): Promise<Shown> {
  const frame = head.acquire();
  if (frame === undefined) throw new Error(head.waiting().join());
  let shown: Promise<Outcome> | undefined;
  const fence = await new Promise<Fence>((onOutFence) => {
    shown = new Promise((onOutcome) => {
      head.present(frame, { onOutFence, onOutcome });
    });
  });
  const pendingAtCommit = !fence.isSignalled;
  const seenAtNs = Number(process.hrtime.bigint());
  await fence.signalled;
  const [info] = native.syncFileInfo(fence.fd).fences;
  fence.close();
  const outcome = await shown;
  const shownAtNs = outcome?.kind === 'shown' ? outcome.timestampNs : NaN;
  return { pendingAtCommit, seenAtNs, signalledAtNs: info?.timestampNs ?? NaN, shownAtNs };
}

await show(); // with the mode
const before = held();
const seen: Shown[] = [];
for (let count = 0; count < frames; count++) seen.push(await show());
console.log(JSON.stringify({ seen, before, after: held() }));
await head.close();
