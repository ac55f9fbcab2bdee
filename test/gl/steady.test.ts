/** 10,000 frames, with pictures that come and go: nothing grows. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Effect, GlPicture, MemoryPicture, Scene } from '../../src/gl/index.js';
import { inMemory, openBench, type Bench } from './support/bench.js';
import { waves } from './support/raster.js';

const frames = 10_000;
/** Caches of the driver's and of V8's fill in the first frames. */
const warmUp = 2_000;
/** MiB: heaps breathe by about this much. The pictures of the frames, not let go of, would be 128. */
const mostGrowth = 24;
const side = 64;

let bench: Bench;
let target: GlPicture;
let memory: MemoryPicture;
let effect: Effect;
before(async () => {
  bench = await openBench();
  target = await bench.target(side, side);
  memory = await inMemory(bench.gl, waves(side, side, 1));
  effect = await bench.gl.createEffect('void mainImage(out vec4 c, in vec2 p) { c = vec4(iTime, p / 64.0, 1.0); }');
});
after(() => bench.close());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const raster = waves(2 * side, 2 * side, 2);
const all = { x: 0, y: 0, width: side, height: side };

/** Every tenth frame has a picture of its own: on a GPU, a dma-buf that is imported and closed. */
async function frame(number: number): Promise<void> {
  const { gl } = bench;
  const own = number % 10 === 0 ? await bench.picture(raster) : undefined;
  memory.pixels[number % memory.pixels.length] = number;
  memory.damaged(number % side, 0, 1, side);
  const scene: Scene = {
    layers: [
      { picture: memory, to: all, transform: '180' },
      { picture: own ?? memory, to: { x: 5, y: 5, width: 20.5, height: 30 } },
      { effect, to: { x: 30, y: 30, width: 20, height: 20 }, timeSeconds: number / frames },
      { colour: [0, 0, 0, 0.5], to: { x: number % side, y: 0, width: 4, height: 9 } },
    ],
    damage: [{ x: 0, y: 0, width: 40, height: 60 }],
  };
  (await gl.compose(target, scene)).fence?.close();
  if (number % 500 === 0) await gl.readPixels(target, 0, 0, side, side);
  own?.close();
}

/** What is resident once what can be let go of is. */
async function resident(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await turn();
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

it(`${frames} frames keep no memory, no descriptors and no pictures`, async (test) => {
  for (let number = 0; number < warmUp; number++) await frame(number);
  const fds = readdirSync('/proc/self/fd').length;
  const before = await resident();
  for (let number = 0; number < frames; number++) await frame(number);
  const growth = (await resident()) - before;
  test.diagnostic(`${growth.toFixed(1)} MiB more than after the first ${warmUp}`);
  assert.equal(readdirSync('/proc/self/fd').length, fds);
  assert.ok(growth < mostGrowth, `${growth} MiB more`);
});
