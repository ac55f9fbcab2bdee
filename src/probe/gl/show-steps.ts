/** Frames that the GPU draws, on the screen; one of them with a fence on its dma-buf alone, for which the display should wait. */
import { lastValueFrom, takeWhile, tap, timeout } from 'rxjs';
import { Fence } from '../../buffer/index.js';
import type { Gl } from '../../gl/index.js';
import { openGpus, type Head } from '../../head/index.js';
import { monotonicClock, type Draw, type Flip } from '../../loop/index.js';
import { access, loadNative } from '../../native/index.js';
import type { Owner } from '../../owner.js';
import { jobTimeoutMs, pendingBy } from './draw-steps.js';
import { SlowDrawing } from './slow-drawing.js';
import { pictureScene } from './test-picture.js';
import type { FenceFacts, ShowFacts, WaitFacts } from './told.js';
import { VgemHold, vgemNodeOf } from './vgem-fence.js';

/** By then every backbuffer has been drawn once, and the driver has compiled. */
const shownFrame = 6;
const heldFrame = 3;
/** More than six refresh cycles of the slowest display. */
const holdMs = 150;

export interface Shown {
  readonly head: Head;
  readonly gl: Gl;
  readonly render: string;
}

export async function openShown(render: string, display: string, owner: Owner): Promise<Shown> {
  const gpus = await openGpus({ render, display });
  owner.own(gpus);
  const gl = await gpus.openGl({ timeoutMs: jobTimeoutMs });
  return { head: await gpus.openHead({ path: 'auto' }), gl, render };
}

/** With the fence that a frame would have. */
export async function showFrames({ head, gl }: Shown): Promise<ShowFacts> {
  const flip = await flipUntil(head, shownFrame, (frame) => gl.compose(frame, pictureScene(frame.width, frame.height)));
  return { path: head.info.path, fenceKind: gl.fenceKind, flipMs: flip.flipMs };
}

/** The driver's own implicit fence of a slow drawing, where it makes such; vgem's where vgem is the GPU. */
export async function seeWhetherItWaits(shown: Shown, implicit: FenceFacts['implicit']): Promise<WaitFacts> {
  const { head, gl, render } = shown;
  const periodMs = 1000 / head.info.mode.refreshHz;
  const vgem = vgemNodeOf(render);
  if (implicit === 'none' && vgem === undefined) return { by: null, heldMs: 0, flippedAfterMs: 0, periodMs };
  const hold = implicit === 'pending' ? await slowFrame(shown) : vgemFrame(gl, vgem ?? '');
  try {
    const flip = await flipUntil(head, heldFrame + 1, hold.draw, heldFrame);
    const { by, handedOverMs, signalledMs } = await hold.seen();
    return { by, heldMs: signalledMs - handedOverMs, flippedAfterMs: flip.timestampNs / 1e6 - signalledMs, periodMs };
  } finally {
    hold.close();
  }
}

interface Hold {
  readonly draw: Draw;
  /** Once the frame has been shown; waits for its fence. CLOCK_MONOTONIC. */
  seen(): Promise<{ readonly by: string | null; readonly handedOverMs: number; readonly signalledMs: number }>;
  close(): void;
}

/** Draws the held frame by `held`, which leaves a fence on the frame's dma-buf, and hands it over without any other. */
function holding(gl: Gl, held: Draw, close: () => void = () => undefined): Hold {
  let fence: Fence | undefined;
  let handedOverMs = NaN;
  let by: string | null = null;
  return {
    draw: async (frame) => {
      if (frame.number !== heldFrame) return gl.compose(frame, pictureScene(frame.width, frame.height));
      await held(frame);
      by = pendingBy(frame.drawnFd);
      fence = Fence.adopt(loadNative().exportSyncFile(frame.drawnFd, access.read));
      handedOverMs = monotonicClock.now();
      return undefined; // no fence of ours: the display has to find that one
    },
    seen: async () => {
      await fence?.signalled;
      return { by, handedOverMs, signalledMs: fence === undefined ? NaN : signalOf(fence) };
    },
    close: () => {
      fence?.close();
      close();
    },
  };
}

async function slowFrame({ head, gl }: Shown): Promise<Hold> {
  const { width, height } = head.info.mode;
  const picture = await gl.createOffscreen(width, height);
  const slow = await SlowDrawing.measured(gl, picture, width, height);
  return holding(gl, async (frame) => {
    await gl.compose(frame, slow.scene('implicit'));
  });
}

function vgemFrame(gl: Gl, node: string): Hold {
  let hold: VgemHold | undefined;
  const draw: Draw = async (frame) => {
    await gl.compose(frame, { ...pictureScene(frame.width, frame.height), fence: 'finish' });
    hold = new VgemHold(node, frame.drawnFd, holdMs);
  };
  return holding(gl, draw, () => hold?.close());
}

/** The flip of frame `wanted`; flips go on until frame `last`. Rejects where they do not come in time. */
async function flipUntil(head: Head, last: number, draw: Draw, wanted = last): Promise<Flip> {
  let found: Flip | undefined;
  const flips = head.flips(draw).pipe(
    tap((flip) => {
      if (flip.frame === wanted) found = flip;
    }),
    takeWhile(({ frame }) => frame < last),
    timeout({ each: jobTimeoutMs }),
  );
  await lastValueFrom(flips, { defaultValue: undefined });
  if (found === undefined) throw new Error(`frame ${wanted} was not shown`);
  return found;
}

/** When the last of its fences did. */
function signalOf({ fd }: Fence): number {
  const { fences } = loadNative().syncFileInfo(fd);
  return Math.max(...fences.map(({ timestampNs }) => timestampNs)) / 1e6;
}
