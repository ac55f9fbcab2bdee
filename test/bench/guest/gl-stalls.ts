/**
 * `gl-stalls.ts WARM-UP FRAMES`: flips whose frames the GPU draws, three solid layers each. Prints JSON: what GL held the
 * JavaScript thread for a frame, and where a frame's time went from the call of `draw` on; milliseconds.
 */
import { takeWhile } from 'rxjs';
import { openGpus, type GlJob, type Scene } from '../../../src/index.js';

const [warmUp, frames] = process.argv.slice(2).map(Number) as [number, number];

/** LLVM's first shaders, on an emulated processor that others use as well. */
const compileMs = 120_000;
const gpus = await openGpus();
const gl = await gpus.openGl({ timeoutMs: compileMs });
await compile();
const head = await gpus.openHead();
const { width, height } = head.info.mode;
const jobs: GlJob[] = [];
const heldMs: number[] = [];
gl.jobs$.subscribe((job) => {
  if (job.what === 'compose') jobs.push(job);
});

function sceneOf(frame: number, width: number, height: number): Scene {
  return {
    layers: [
      { colour: [0, 0, 0.25, 1], to: { x: 0, y: 0, width, height } },
      { colour: [0.25, 0.25, 0.25, 0.5], to: { x: 320, y: 180, width: 640, height: 360 } },
      { colour: [1, 1, 1, 1], to: { x: frame % width, y: 40, width: 20, height: 100 } },
    ],
  };
}

/** For this kind of buffer, before a draw is waited for; a head shows frames in one way only. */
async function compile(): Promise<void> {
  const head = await gpus.openHead();
  const frame = head.acquire();
  if (frame === undefined) throw new Error('no backbuffer is free');
  const { width, height } = frame;
  (await gl.compose(frame, sceneOf(0, width, height))).fence?.close();
  await head.close();
}

const presentedMs: number[] = [];
let [flips, missed] = [0, 0];
await head
  .flips(async (frame) => {
    const calledAt = performance.now();
    const drawn = gl.compose(frame, sceneOf(frame.number, width, height));
    heldMs.push(performance.now() - calledAt);
    const result = await drawn;
    presentedMs.push(performance.now() - calledAt);
    return result;
  })
  .pipe(
    takeWhile((flip) => {
      if (++flips > warmUp) missed += flip.missed;
      return flips < warmUp + frames;
    }),
  )
  .forEach(() => undefined);
await head.close();
gpus.close();

/** Percentiles of what is measured once the code is compiled. */
function told(values: readonly number[]) {
  const sorted = values.slice(warmUp).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

console.log(
  JSON.stringify({
    stallMs: told(jobs.map(({ callMs, resultMs }) => callMs + resultMs)),
    callMs: told(jobs.map(({ callMs }) => callMs)),
    resultMs: told(jobs.map(({ resultMs }) => resultMs)),
    composeMs: told(heldMs),
    queueMs: told(jobs.map(({ queueMs }) => queueMs)),
    drawMs: told(jobs.map(({ drawMs }) => drawMs)),
    presentedMs: told(presentedMs),
    missedAFlip: missed / frames,
  }),
);
