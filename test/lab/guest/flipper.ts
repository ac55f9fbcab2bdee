/**
 * Flips on one head until SIGINT, and meanwhile does what it reads from standard input,
 * a word a line, answering each with one line of JSON, an `Answer`: `status`; `held`, with
 * what is held; `objects`, with how many live; `upgrade`, once the better paths have been tried; `fence`, once a reader's
 * fence is on the next buffer drawn, for 1.5 s; `cursor`, with the hardware cursor shown;
 * `import`, with dma-bufs of its own shown from now on. Its argument is the options of `openHead`
 * as JSON. After SIGINT it closes everything, says with a last line what it still holds,
 * and lets the process end by itself.
 */
import { closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ClientBuffer } from '../../../src/buffer/index.js';
import { LINEAR } from '../../../src/ffi/index.js';
import { GpuPair } from '../../../src/gpus/index.js';
import type { OpenHeadOptions } from '../../../src/head/index.js';
import { openHeadOn } from '../../../src/head/open-head.js';
import { type DrawResult, type Frame } from '../../../src/loop/index.js';
import { loadNative } from '../../../src/native/index.js';
import { held, heldHandles, type Held } from './held.js';
import { liveObjects } from './live-objects.js';
import { Vgem } from './vgem.js';

export interface Status {
  readonly pid: number;
  readonly flips: number;
  /** Refresh cycles without a flip. */
  readonly missed: number;
  /** Of the mode; `none` while the host has the head closed. */
  readonly size: string;
  readonly path: string;
  /** How often each was reported. */
  readonly faults: Readonly<Record<string, number>>;
  /** What the last fault or a command that failed said. */
  readonly said: string;
  /** The stream ended by itself: with this code, or with `completed`. */
  readonly ended: string | null;
  /** MiB. */
  readonly rss: number;
}

export interface Answer extends Status {
  readonly held?: Held;
  readonly objects?: number;
}

const readerMs = 1500;

const unopened = held();
const options = JSON.parse(process.argv[2] ?? '{}') as OpenHeadOptions;
const pair = await GpuPair.open(options);
const head = await openHeadOn(pair, options, true);
const faults: Record<string, number> = {};
const counts = { flips: 0, missed: 0 };
let [said, shown] = ['', true];
let ended: string | null = null;
let fenceNext: ((dmabuf: number) => void) | undefined;
let brought: readonly ClientBuffer[] = [];

head.faults$.subscribe(({ code, message }) => {
  faults[code] = (faults[code] ?? 0) + 1;
  said = `${code}: ${message}`;
  if (code === 'ERR_NO_CONNECTOR') shown = false;
});

function draw(frame: Frame): DrawResult {
  frame.pixels.fill(frame.number, 0, 16);
  fenceNext?.(frame.drawnFd);
  fenceNext = undefined;
  const buffer = brought[frame.number % 2];
  return buffer === undefined || buffer.closed ? undefined : { buffer };
}

const flipping = head.flips(draw).subscribe({
  next: ({ missed }) => {
    counts.flips++;
    counts.missed += missed;
    shown = true;
  },
  error: (error: { code: string; message: string }) => {
    ended = error.code;
    said = error.message;
  },
  complete: () => (ended ??= 'completed'),
});

function status(): Status {
  const { mode, path } = head.info;
  const size = shown ? `${mode.width}x${mode.height}` : 'none';
  const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
  return { pid: process.pid, ...counts, size, path, faults, said, ended, rss };
}

/** Leaves the fence to the kernel, which signals it with the close of its file. */
async function fence(): Promise<void> {
  const dmabuf = await new Promise<number>((resolve) => (fenceNext = resolve));
  const vgem = Vgem.open();
  vgem.attach(dmabuf, { write: false });
  setTimeout(() => vgem.close(), readerMs);
}

/** Two are shown in turn, one never. */
function bring(): void {
  const { width, height } = head.info.mode;
  const stride = width * 4;
  brought = Array.from({ length: 3 }, () => {
    const fd = loadNative().createUdmabuf(stride * height);
    const buffer = head.importDmabuf({ fd, width, height, strideBytes: stride, modifier: LINEAR });
    closeSync(fd);
    return buffer;
  });
}

function holding(): Held {
  const { render, display } = pair.gpus;
  return { ...held(), gemHandles: heldHandles(render.node.fd) + heldHandles(display.node.fd) };
}

async function answer(word: string): Promise<Answer> {
  if (word === 'held') return { ...status(), held: holding() };
  if (word === 'objects') return { ...status(), objects: await liveObjects() };
  if (word === 'upgrade') await head.upgrade();
  if (word === 'fence') await fence();
  if (word === 'cursor') head.cursor().setImage(new Uint32Array(64 * 64).fill(0xffffffff), { x: 0, y: 0 });
  if (word === 'import') bring();
  return status();
}

const commands = createInterface({ input: process.stdin });
let answered = Promise.resolve();
commands.on('line', (word) => {
  answered = answered.then(async () => {
    const result = await answer(word).catch((error: unknown) => {
      said = `${word}: ${String(error)}`;
      return status();
    });
    console.log(JSON.stringify(result));
  });
});

process.once('SIGINT', () => {
  commands.close();
  process.stdin.destroy();
  flipping.unsubscribe();
  void head.close().then(() => {
    console.log(JSON.stringify({ unopened, closed: held() }));
  });
});
