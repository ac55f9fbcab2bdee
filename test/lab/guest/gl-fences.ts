/**
 * What GL does with fences on this driver, as JSON: the kind of fence that a drawing ends with and whether it is pending when it
 * is told; and a texture whose acquire fence signals late: who waits, and whether the event loop goes on meanwhile.
 */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { take } from 'rxjs';
import { Fence, openGpus, type GlJob } from '../../../src/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { Vgem } from './vgem.js';

const lateMs = 500;
const tickMs = 10;

const native = loadNative();
const gpus = await openGpus();
const [gl, head] = [await gpus.openGl(), await gpus.openHead()];
const { width, height } = head.info.mode;
const jobs: GlJob[] = [];
gl.jobs$.subscribe((job) => jobs.push(job));

/** A fence of vgem's, and what signals it. */
function lateFence(): readonly [fence: Fence, signal: () => void] {
  const memory = native.createUdmabuf(4096);
  const pending = Vgem.open().attach(memory, { write: true });
  const fence = Fence.adopt(native.exportSyncFile(memory, access.read));
  const signal = () => {
    pending.signal();
    closeSync(memory);
  };
  return [fence, signal];
}

const whole = { x: 0, y: 0, width, height };
const picture = await gl.createPicture(64, 64);
picture.pixels.fill(0xff00ff00);

/** Slow enough to be under way still when the call returns, where that does not wait. */
async function drawSlowly() {
  const effect = await gl.createEffect(`
    void mainImage(out vec4 colour, in vec2 position) {
      float sum = 0.0;
      for (int i = 0; i < 40; i++) sum += sin(position.x + float(i));
      colour = vec4(fract(sum), 0.0, 0.0, 1.0);
    }`);
  const target = await gl.createOffscreen(160, 90);
  const draw = () => gl.compose(target, { layers: [{ effect, to: { x: 0, y: 0, width: 160, height: 90 } }] });
  (await draw()).fence?.close(); // compiles
  const { fence, fenceKind } = await draw();
  const pending = fence === undefined ? undefined : !fence.isSignalled;
  fence?.close();
  return { fenceKind, pending, drawMs: jobs.at(-1)?.drawMs };
}

async function drawWithLateTexture() {
  const target = await gl.createOffscreen(64, 64);
  const to = { x: 0, y: 0, width: 64, height: 64 };
  (await gl.compose(target, { layers: [{ picture, to }] })).fence?.close(); // compiles
  const [acquire, signal] = lateFence();
  const begun = performance.now();
  let ticks = 0;
  const ticking = setInterval(() => ticks++, tickMs);
  setTimeout(signal, lateMs);
  const { fence } = await gl.compose(target, { layers: [{ picture, to, acquire }] });
  const toldMs = performance.now() - begun;
  const pending = fence === undefined ? undefined : !fence.isSignalled;
  await fence?.signalled;
  const doneMs = performance.now() - begun;
  clearInterval(ticking);
  acquire.close();
  fence?.close();
  const { waitMs, drawMs } = jobs.at(-1)!;
  const pixel = [...(await gl.readPixels(target, 32, 32, 1, 1))];
  return { toldMs, doneMs, pending, waitMs, drawMs, ticks, pixel };
}

/** Frames whose fence goes to the kernel as IN_FENCE_FD. */
async function show(frames: number) {
  const kinds = new Set<string>();
  let withFence = 0;
  let shown = 0;
  const draw = async (frame: Parameters<typeof gl.compose>[0]) => {
    const drawn = await gl.compose(frame, { layers: [{ colour: [0, 0, 1, 1], to: whole }] });
    kinds.add(drawn.fenceKind);
    if (drawn.fence !== undefined) withFence++;
    return drawn;
  };
  await head
    .flips(draw)
    .pipe(take(frames))
    .forEach(() => shown++);
  return { shown, withFence, kinds: [...kinds] };
}

const { renderer, eglVersion, nativeFence, platform } = gl.info;
const slow = await drawSlowly();
const late = await drawWithLateTexture();
const flips = await show(60);
console.log(JSON.stringify({ renderer, eglVersion, platform, nativeFence, slow, late, flips }));
await sleep(0);
await head.close();
gpus.close();
