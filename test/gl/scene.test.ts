/** What is no scene: refused at once, by name, with nothing drawn and nothing lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Gl, type Effect, type GlPicture, type Layer, type Scene } from '../../src/gl/index.js';
import { loadNative } from '../../src/native/index.js';
import { openBench, rasterOf, type Bench } from './support/bench.js';
import { assertSame } from './support/compare.js';

let bench: Bench;
let gl: Gl;
let target: GlPicture;
let picture: GlPicture;
let effect: Effect;
before(async () => {
  bench = await openBench();
  ({ gl } = bench);
  [target, picture] = [await bench.target(8, 8), await gl.createOffscreen(4, 4)];
  effect = await gl.createEffect('uniform vec2 at; void mainImage(out vec4 c, in vec2 p) { c = vec4(at, p); }', {
    at: 2,
  });
});
after(() => bench.close());

const to = { x: 0, y: 0, width: 4, height: 4 };
const wrong = (layer: object): Scene => ({ layers: [{ colour: [0, 0, 0, 1], to }, layer as Layer] });

const refused: readonly (readonly [what: string, scene: () => unknown, message: RegExp])[] = [
  ['a scene without layers', () => ({}), /undefined is no list of layers/],
  ['no scene', () => undefined, /scene/i],
  ['a layer that is none', () => ({ layers: [5] }), /5 is no layer/],
  ['a layer without anything to draw', () => wrong({ to }), /is no layer/],
  ['a layer without a place', () => wrong({ picture }), /to`?\)?/],
  ['NaN in a place', () => wrong({ picture, to: { ...to, x: NaN } }), /layer 1: to\.x is out of range/],
  ['an endless width', () => wrong({ picture, to: { ...to, width: Infinity } }), /layer 1: to\.width/],
  ['a negative height', () => wrong({ picture, to: { ...to, height: -1 } }), /layer 1: to\.height/],
  ['a negative part', () => wrong({ picture, to, from: { ...to, width: -2 } }), /layer 1: from\.width/],
  ['a missing number', () => wrong({ picture, to: { x: 0, y: 0, width: 1 } }), /layer 1: to\.height/],
  ['an opacity above 1', () => wrong({ picture, to, opacity: 1.5 }), /layer 1: opacity/],
  ['an opacity of NaN', () => wrong({ colour: [0, 0, 0, 1], to, opacity: NaN }), /layer 1: opacity/],
  ['a colour above 1', () => wrong({ colour: [0, 2, 0, 1], to }), /layer 1: colour/],
  ['a colour of three numbers', () => wrong({ colour: [0, 0, 0], to }), /is no colour/],
  ['a background of NaN', () => ({ layers: [], background: [0, NaN, 0, 1] }), /background/],
  ['another transform', () => wrong({ picture, to, transform: '45' }), /'45' is no transform/],
  ['another filter', () => wrong({ picture, to, filter: 'cubic' }), /'cubic' is no filter/],
  ['another kind of alpha', () => wrong({ picture, to, alpha: 'x' }), /'x' is no alpha/],
  ['another fence', () => ({ layers: [], fence: 'soon' }), /'soon' is no fence/],
  ['an acquire fence that is none', () => wrong({ picture, to, acquire: 3 }), /layer 1: acquire fence/],
  ['damage that is no list', () => ({ layers: [], damage: to }), /list of damaged rectangles/],
  ['half a pixel of damage', () => ({ layers: [], damage: [{ ...to, x: 0.5 }] }), /damage\.x is no integer/],
  ['negative damage', () => ({ layers: [], damage: [{ ...to, width: -1 }] }), /damage\.width/],
  ['a picture that is none', () => wrong({ picture: {}, to }), /is no picture/],
  ['a target as its own source', () => wrong({ picture: target, to }), /into itself/],
  ['the target in a channel', () => wrong({ effect, to, pictures: [target] }), /into itself/],
  ['five channels', () => wrong({ effect, to, pictures: [picture, picture, picture, picture, picture] }), /4 pictures/],
  ['a uniform of three numbers for two', () => wrong({ effect, to, uniforms: { at: [1, 2, 3] } }), /at has 2 numbers/],
  ['a uniform of NaN', () => wrong({ effect, to, uniforms: { at: [1, NaN] } }), /layer 1: uniforms/],
  ['a uniform with no such name', () => wrong({ effect, to, uniforms: { toString: 1 } }), /no uniform toString/],
  ['a frame that is no whole number', () => wrong({ effect, to, frame: 1.5 }), /layer 1: frame is no integer/],
  ['an endless time', () => wrong({ effect, to, timeSeconds: Infinity }), /layer 1: timeSeconds/],
  ['a mouse of two numbers', () => wrong({ effect, to, mouse: [1, 2] }), /is no mouse/],
  ['too many layers', () => ({ layers: Array.from({ length: 5000 }, () => ({ picture, to })) }), /number of layers/],
];

describe('a scene with', () => {
  for (const [what, scene, message] of refused)
    it(`${what} is refused by name`, () => {
      assert.throws(() => gl.compose(target, scene() as Scene), { code: 'ERR_USAGE', message });
    });

  it('any of it leaves the target as it was', async () => {
    await gl.compose(target, { layers: [], background: [0.2, 0.4, 0.6, 1] });
    const before = await rasterOf(gl, target);
    for (const [, scene] of refused) assert.throws(() => gl.compose(target, scene() as Scene));
    assertSame(await rasterOf(gl, target), before);
  });
});

describe('what is closed', () => {
  const closed = { code: 'ERR_CLOSED' };

  it('is refused as a picture, a target, a channel and an effect', async () => {
    const other = await gl.createOffscreen(4, 4);
    other.close();
    other.close();
    assert.throws(() => gl.compose(target, wrong({ picture: other, to })), closed);
    assert.throws(() => gl.compose(other, { layers: [] }), closed);
    assert.throws(() => gl.compose(target, wrong({ effect, to, pictures: [other] })), closed);
    await assert.rejects(gl.readPixels(other, 0, 0, 1, 1), closed);
    const gone = await gl.createEffect('void mainImage(out vec4 c, in vec2 p) { c = vec4(1.0); }');
    gone.close();
    assert.throws(() => gl.compose(target, wrong({ effect: gone, to })), closed);
  });

  it('may be closed while it is being drawn from', async () => {
    const other = await gl.createOffscreen(4, 4);
    const drawing = gl.compose(target, wrong({ picture: other, to }));
    other.close();
    (await drawing).fence?.close();
  });

  it('as a whole refuses everything', async () => {
    const own = await Gl.open({ native: loadNative() });
    const [a, b] = [await own.createOffscreen(2, 2), await own.createOffscreen(2, 2)];
    const memory = await own.createPicture(2, 2);
    memory.damaged(0, 0, 2, 2);
    own.close();
    assert.throws(() => own.compose(a, { layers: [{ picture: b, to }] }), closed);
    assert.throws(() => own.compose(a, { layers: [{ picture: memory, to }] }), closed);
    await assert.rejects(own.readPixels(a, 0, 0, 1, 1), closed);
    await assert.rejects(own.createOffscreen(2, 2), closed);
    a.close();
  });

  it('or belongs to another Gl is no picture and no effect of this one', async () => {
    const other = await Gl.open({ native: loadNative() });
    try {
      const foreign = await other.createOffscreen(2, 2);
      const [usage, message] = ['ERR_USAGE', /another Gl/];
      assert.throws(() => gl.compose(target, wrong({ picture: foreign, to })), { code: usage, message });
      assert.throws(() => gl.compose(foreign, { layers: [] }), { code: usage, message });
      const layer = { effect: await other.createEffect('void mainImage(out vec4 c, in vec2 p) { c = vec4(1); }'), to };
      assert.throws(() => gl.compose(target, wrong(layer)), { code: usage, message });
    } finally {
      other.close();
    }
  });
});

describe('a picture', () => {
  it('larger than the driver takes is refused with the limit', async () => {
    const most = gl.info.maxTextureSize;
    if (most >= 2 ** 15) return; // then it is the addon's own limit, which is the next test's
    for (const make of [() => gl.createOffscreen(most + 1, 1), () => gl.createPicture(1, most + 1)])
      await assert.rejects(make(), { code: 'ERR_UNSUPPORTED', message: new RegExp(`${most} pixels`) });
  });

  it('of no size, or of half a pixel, is no picture', async () => {
    for (const [width, height] of [
      [0, 1],
      [1, -1],
      [1.5, 2],
      [2, NaN],
      [2 ** 15 + 1, 1],
    ] as const)
      for (const make of [() => gl.createOffscreen(width, height), () => gl.createPicture(width, height)])
        await assert.rejects(make(), { code: 'ERR_USAGE' });
    await assert.rejects(gl.createPicture(1, 1, 'RGB565' as 'ARGB8888'), { code: 'ERR_USAGE' });
  });

  it('is read only inside of its edges', async () => {
    await assert.rejects(gl.readPixels(target, 4, 4, 5, 1), { code: 'ERR_USAGE', message: /not inside/ });
    await assert.rejects(gl.readPixels(target, -1, 0, 1, 1), { code: 'ERR_USAGE', message: /\bx\b/ });
    assert.equal((await gl.readPixels(target, 7, 7, 1, 1)).length, 4);
  });

  it('begins transparent', async () => {
    const fresh = await gl.createOffscreen(7, 5);
    assert.ok((await rasterOf(gl, fresh)).rgba.every((level) => level === 0));
    fresh.close();
  });
});
