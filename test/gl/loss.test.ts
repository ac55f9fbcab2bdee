/** A lost context: everything is made anew, and what is drawn next is right. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { GuestheadError } from '../../src/errors.js';
import type { Effect, GlPicture, Layer, MemoryPicture } from '../../src/gl/index.js';
import { inMemory, openBench, rasterOf, type Bench } from './support/bench.js';
import { assertSame } from './support/compare.js';
import { waves, type Raster } from './support/raster.js';

let bench: Bench;
let target: GlPicture;
let picture: GlPicture;
let memory: MemoryPicture;
let effect: Effect;
let layers: readonly Layer[];
const [width, height] = [24, 16];
before(async () => {
  bench = await openBench();
  const { gl } = bench;
  target = await bench.target(width, height);
  [picture, memory] = [await bench.picture(waves(9, 7, 1)), await inMemory(gl, waves(8, 8, 2))];
  const source = 'uniform float red; void mainImage(out vec4 c, in vec2 p) { c = vec4(red, p / iResolution.xy, 1.0); }';
  effect = await gl.createEffect(source, { red: 1 });
  layers = [
    { picture, to: { x: 0, y: 0, width: 20, height: 12 } },
    { picture: memory, to: { x: 10, y: 4, width: 14, height: 9 }, transform: '90', alpha: 'straight' },
    { effect, to: { x: 3, y: 9, width: 11, height: 6 }, uniforms: { red: 0.6 }, opacity: 0.8 },
    { colour: [0, 0.2, 0, 0.4], to: { x: 1, y: 1, width: 5, height: 14 } },
  ];
});
after(() => bench.close());
afterEach(() => assert.equal(bench.gl.closed, false));

async function drawn(): Promise<Raster> {
  (await bench.gl.compose(target, { layers, background: [0.2, 0.2, 0.2, 1] })).fence?.close();
  return rasterOf(bench.gl, target);
}

describe('a context that was lost by no fault of the drawing', () => {
  it('is made anew, and the drawing done: pictures, memory, effects and the target', async () => {
    const { gl } = bench;
    const whole = await drawn();
    const renewals = gl.renewals;
    gl.pretendReset();
    assertSame(await drawn(), whole);
    assert.equal(gl.renewals, renewals + 1);
    assertSame(await drawn(), whole);
  });

  it('uploads a picture in memory as a whole, what was said to have changed and what was not', async () => {
    const whole = await drawn();
    memory.pixels.fill(0xff00ff00);
    memory.damaged(0, 0, 1, 1);
    bench.gl.pretendReset();
    const green = await drawn();
    memory.damaged(0, 0, 8, 8);
    assertSame(await drawn(), green);
    assert.notDeepEqual(green.rgba, whole.rgba);
  });

  it('is made anew under any other job as well', async () => {
    const { gl } = bench;
    const whole = await drawn();
    gl.pretendReset();
    const made = await gl.createEffect('void mainImage(out vec4 c, in vec2 p) { c = vec4(0.0, 1.0, 1.0, 1.0); }');
    const other = await gl.createOffscreen(2, 2);
    gl.pretendReset();
    await gl.compose(other, { layers: [{ effect: made, to: { x: 0, y: 0, width: 2, height: 2 } }] });
    assert.deepEqual([...(await gl.readPixels(other, 1, 1, 1, 1))], [0, 255, 255, 255]);
    gl.pretendReset();
    const late = await inMemory(gl, waves(3, 3, 5));
    await gl.compose(other, {
      layers: [{ picture: late, to: { x: 0, y: 0, width: 2, height: 2 }, filter: 'nearest' }],
    });
    assertSame(await drawn(), whole);
    for (const each of [made, other, late]) each.close();
  });

  it('lost again and again is made anew each time', async () => {
    const whole = await drawn();
    for (let time = 0; time < 20; time++) {
      bench.gl.pretendReset();
      assertSame(await drawn(), whole, `${time}`);
    }
  });
});

describe('a context that was lost by the drawing’s own fault', () => {
  it('fails that drawing with ERR_DEVICE_LOST, and no other', async () => {
    const { gl } = bench;
    const whole = await drawn();
    gl.pretendReset(true);
    const background = [0, 0, 0, 1] as const;
    const jobs = [0, 1, 2].map(() => gl.compose(target, { layers, background }));
    const outcomes = await Promise.allSettled(jobs);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    const [first] = outcomes;
    assert.ok(first?.status === 'rejected');
    const { code, advice } = first.reason as GuestheadError;
    assert.equal(code, 'ERR_DEVICE_LOST');
    assert.match(advice ?? '', /anew/);
    assertSame(await drawn(), whole);
  });

  it('loses nothing of what a picture in memory had to upload', async () => {
    const { gl } = bench;
    await drawn();
    memory.pixels.fill(0xff0000ff);
    memory.damaged(0, 0, 8, 8);
    gl.pretendReset(true);
    await assert.rejects(drawn(), { code: 'ERR_DEVICE_LOST' });
    const blue = await drawn();
    memory.damaged(0, 0, 8, 8);
    assertSame(await drawn(), blue);
  });
});
