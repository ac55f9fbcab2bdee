/** Fragment shaders of the caller's: what they are told, what they draw over, and what is said of those that do not compile. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Gl, Effect, EffectLayer, GlPicture, Layer, UniformSizes } from '../../src/gl/index.js';
import { inMemory, openBench, rasterOf, type Bench } from './support/bench.js';
import { waves } from './support/raster.js';

let bench: Bench;
let gl: Gl;
let target: GlPicture;
const [width, height] = [12, 10];
/** GLSL ES 3.00 has another word for it. */
let texture: string;
before(async () => {
  bench = await openBench();
  ({ gl } = bench);
  texture = gl.info.glVersion.startsWith('OpenGL ES 2') ? 'texture2D' : 'texture';
  target = await bench.target(width, height);
});
after(() => bench.close());

const to = { x: 2, y: 3, width: 7, height: 5 };

function effectOf(statements: string, uniforms: UniformSizes = {}, declarations = ''): Promise<Effect> {
  return gl.createEffect(`${declarations}void mainImage(out vec4 c, in vec2 p) { ${statements} }`, uniforms);
}

async function drawn(layers: readonly Layer[]): Promise<(x: number, y: number) => number[]> {
  (await gl.compose(target, { layers, background: [0, 0, 1, 1] })).fence?.close();
  const { rgba } = await rasterOf(gl, target);
  return (x, y) => [...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

/** What one pixel of an effect is. */
async function told(
  statements: string,
  how: Partial<EffectLayer> = {},
  uniforms?: UniformSizes,
  declarations?: string,
) {
  const effect = await effectOf(statements, uniforms, declarations);
  const at = await drawn([{ effect, to, ...how }]);
  effect.close();
  return at(to.x, to.y);
}

describe('an effect', () => {
  it('is told its position in pixels from its lower left corner', async () => {
    const effect = await effectOf('c = vec4((p - 0.5) / 255.0, 0.0, 1.0);');
    const at = await drawn([{ effect, to }]);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const isInside = x >= 2 && x < 9 && y >= 3 && y < 8;
        assert.deepEqual(at(x, y), isInside ? [x - 2, 7 - y, 0, 255] : [0, 0, 255, 255], `${x}, ${y}`);
      }
    effect.close();
  });

  it('is told its resolution, the time, the frame and the mouse', async () => {
    assert.deepEqual(await told('c = vec4(iResolution / 255.0, 1.0);'), [7, 5, 1, 255]);
    assert.deepEqual(await told('c = vec4(iTime / 10.0, 0.0, 0.0, 1.0);', { timeSeconds: 2 }), [51, 0, 0, 255]);
    assert.deepEqual(await told('c = vec4(iTime, iFrame, 0.0, 1.0);'), [0, 0, 0, 255]);
    const mouse = [51, 102, 153, 204] as const;
    const how = { mouse, alpha: 'premultiplied' } as const;
    const [red, green, blue] = await told('c = vec4(iMouse.xyz / 255.0, 1.0);', how);
    assert.deepEqual([red, green, blue], [51, 102, 153]);
    assert.deepEqual(await told('c = vec4(iMouse.w / 255.0, 0.0, 0.0, 1.0);', how), [204, 0, 0, 255]);
  });

  it('is told a frame that a float could not tell from its neighbours', async () => {
    const statement = 'c = vec4(float(iFrame - 16777216) / 255.0, 0.0, 0.0, 1.0);';
    assert.deepEqual(await told(statement, { frame: 2 ** 24 + 3 }), [3, 0, 0, 255]);
  });

  it('has uniforms of one to four numbers, which are 0 where none is given', async () => {
    const sizes = { one: 1, two: 2, three: 3, four: 4 } as const;
    const declarations = 'uniform float one; uniform vec2 two; uniform vec3 three; uniform vec4 four;';
    const effect = await effectOf(
      'c = vec4(one + two.x, two.y + three.x + four.w, three.y + three.z * four.x + four.y * four.z, 1.0);',
      sizes,
      declarations,
    );
    const uniforms = { one: 0.2, two: [0.2, 0.4], three: [0.2, 0.2, 0.5], four: [0.4, 0.5, 0.8, 0.2] };
    assert.deepEqual((await drawn([{ effect, to, uniforms }]))(2, 3), [102, 204, 204, 255]);
    assert.deepEqual((await drawn([{ effect, to, uniforms: { one: 1 } }]))(2, 3), [255, 0, 0, 255]);
    assert.deepEqual((await drawn([{ effect, to }]))(2, 3), [0, 0, 0, 255]);
    effect.close();
  });

  it('is drawn twice in a scene, each time with its own values', async () => {
    const effect = await effectOf('c = vec4(level, 0.0, 0.0, 1.0);', { level: 1 }, 'uniform float level;');
    const layerOf = (x: number, level: number) => ({
      effect,
      to: { x, y: 0, width: 3, height: 3 },
      uniforms: { level },
    });
    const at = await drawn([layerOf(0, 0.2), layerOf(5, 1)]);
    assert.deepEqual([at(0, 0)[0], at(5, 0)[0]], [51, 255]);
    effect.close();
  });

  it('has its alpha taken as opaque, straight or premultiplied, and its opacity', async () => {
    const statement = 'c = vec4(1.0, 0.0, 0.0, 0.4);';
    assert.deepEqual(await told(statement), [255, 0, 0, 255]);
    assert.deepEqual(await told(statement, { alpha: 'straight' }), [102, 0, 153, 255]);
    assert.deepEqual(await told('c = vec4(0.4, 0.0, 0.0, 0.4);', { alpha: 'premultiplied' }), [102, 0, 153, 255]);
    assert.deepEqual(await told(statement, { opacity: 0.2 }), [51, 0, 204, 255]);
  });

  it('may have names that the shaders around it could have', async () => {
    const names = ['at', 'destination', 'matrix', 'corner', 'colour', 'blend', 'image'];
    const uniforms = Object.fromEntries(names.map((name) => [name, 2 as const]));
    const declarations = names.map((name) => `uniform vec2 ${name};`).join(' ');
    const sum = `c = vec4(${names.map((name) => `${name}.x`).join(' + ')}, 0.0, 0.0, 1.0);`;
    assert.deepEqual(
      await told(sum, { uniforms: { at: [0.2, 0], matrix: [0.2, 0] } }, uniforms, declarations),
      [102, 0, 0, 255],
    );
  });

  it('that discards shows what is below, opaque as it is', async () => {
    const effect = await effectOf('if (p.x < 3.0) discard; c = vec4(1.0);');
    const at = await drawn([
      { colour: [0, 1, 0, 1], to },
      { effect, to },
    ]);
    assert.deepEqual(
      [at(2, 3), at(8, 3)],
      [
        [0, 255, 0, 255],
        [255, 255, 255, 255],
      ],
    );
    effect.close();
  });

  it('is drawn in part where only a part is damaged', async () => {
    const effect = await effectOf('c = vec4((p - 0.5) / 255.0, 0.0, 1.0);');
    await drawn([]);
    const damage = [{ x: 4, y: 4, width: 2, height: 1 }];
    await gl.compose(target, { layers: [{ effect, to }], background: [1, 1, 1, 1], damage });
    const { rgba } = await rasterOf(gl, target);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const isDamaged = y === 4 && (x === 4 || x === 5);
      const shall = isDamaged ? [x - 2, 7 - y, 0, 255] : [0, 0, 255, 255];
      assert.deepEqual([...rgba.subarray(pixel * 4, pixel * 4 + 4)], shall);
    }
    effect.close();
  });
});

describe('an effect’s channels', () => {
  it('are the pictures in their order, with their first row at 0', async () => {
    const rasters = [1, 2, 3, 4].map((seed) => waves(7, 5, seed));
    const pictures = await Promise.all(rasters.map((raster) => bench.picture(raster)));
    for (const [channel, raster] of rasters.entries()) {
      const place = 'vec2(p.x / 7.0, 1.0 - p.y / 5.0)';
      const effect = await effectOf(`c = ${texture}(iChannel${channel}, ${place});`);
      const at = await drawn([{ effect, to, pictures, alpha: 'premultiplied', opacity: 1 }]);
      const alone = await drawn([{ picture: pictures[channel]!, to, filter: 'nearest' }]);
      assert.ok(raster.rgba[0]! > 0);
      for (const [x, y] of [
        [2, 3],
        [8, 3],
        [2, 7],
        [5, 5],
      ] as const)
        assert.ok(
          at(x, y).every((level, index) => Math.abs(level - alone(x, y)[index]!) <= 1),
          `${channel}: ${x}, ${y}`,
        );
      effect.close();
    }
    for (const picture of pictures) picture.close();
  });

  it('without a picture are black, whatever was there before', async () => {
    const picture = await bench.picture(waves(7, 5, 9));
    const effect = await effectOf(`c = ${texture}(iChannel2, p / iResolution.xy) + ${texture}(iChannel0, vec2(0.0));`);
    await drawn([{ effect, to, pictures: [picture, picture, picture, picture] }]);
    assert.deepEqual((await drawn([{ effect, to }]))(2, 3), [0, 0, 0, 255]);
    assert.deepEqual((await drawn([{ effect, to, pictures: [undefined, picture] }]))(2, 3), [0, 0, 0, 255]);
    effect.close();
    picture.close();
  });

  it('are uploaded as the pictures of layers are', async () => {
    const picture = await inMemory(gl, waves(7, 5, 9));
    const effect = await effectOf(`c = ${texture}(iChannel3, vec2(0.5));`);
    const layer = { effect, to, pictures: [undefined, undefined, undefined, picture] };
    await drawn([layer]);
    picture.pixels.fill(0xff336699);
    picture.damaged(0, 0, 7, 5);
    assert.deepEqual((await drawn([layer]))(2, 3), [0x33, 0x66, 0x99, 255]);
    effect.close();
    picture.close();
  });
});

describe('a shader that does not compile', () => {
  const refusals: readonly (readonly [what: string, source: string, line: number])[] = [
    ['in its first line', 'oops\nvoid mainImage(out vec4 c, in vec2 p) { c = vec4(1.0); }', 1],
    ['in its third line', 'void mainImage(out vec4 c, in vec2 p) {\n  c = vec4(1.0);\n  oops = 3.0;\n}', 3],
    [
      'after empty lines and comments',
      '\n// one\n/* two\n*/\n\nvoid mainImage(out vec4 c, in vec2 p) { c = oops; }',
      6,
    ],
  ];
  for (const [what, source, line] of refusals)
    it(`is told of by its own line: ${what}`, async () => {
      await assert.rejects(gl.createEffect(source), (error: Error & { code: string; advice: string }) => {
        assert.equal(error.code, 'ERR_SHADER');
        assert.match(error.message, new RegExp(`\\b0:${line}\\(|:${line}:|\\b${line}\\b`));
        assert.match(error.advice, /mainImage/);
        return true;
      });
    });

  it('or has no mainImage is refused', () => assert.rejects(gl.createEffect('float x;'), { code: 'ERR_SHADER' }));

  it('or declares a uniform otherwise is refused, by the uniform’s name', () =>
    assert.rejects(effectOf('c = vec4(at, 1.0);', { at: 2 }, 'uniform vec3 at;'), {
      code: 'ERR_SHADER',
      message: /uniform at is not declared as a vec2/,
    }));

  it('does not trouble the next one', async () => {
    await assert.rejects(gl.createEffect('}'), { code: 'ERR_SHADER' });
    assert.deepEqual(await told('c = vec4(0.0, 1.0, 0.0, 1.0);'), [0, 255, 0, 255]);
  });

  it('or is none at all is ERR_USAGE, as are uniforms that are none', async () => {
    const source = 'void mainImage(out vec4 c, in vec2 p) { c = vec4(1.0); }';
    const uniforms: readonly unknown[] = [{ 'a b': 1 }, { a: 5 }, { a: '1' }, null, { a: 0 }, { 'a[0]': 1 }];
    await assert.rejects(gl.createEffect(5 as unknown as string), { code: 'ERR_USAGE' });
    for (const each of uniforms)
      await assert.rejects(gl.createEffect(source, each as UniformSizes), { code: 'ERR_USAGE' });
  });
});
