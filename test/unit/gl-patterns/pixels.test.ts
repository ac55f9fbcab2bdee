/** The GPU's bars, counter and codes against the CPU's, pixel by pixel, on Mesa's software renderer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Gl, type GlPicture } from '../../../src/gl/index.js';
import { codeLayers, codeRows, createGlPattern } from '../../../src/gl-patterns/index.js';
import type { Captions } from '../../../src/gl-patterns/index.js';
import { loadNative } from '../../../src/native/index.js';
import { createPattern } from '../../../src/render/index.js';
import { hasSoftwareGl } from '../../support/software-gl.js';

const captions = (): Captions => ({ refreshHz: 60, path: 'import', devices: 'a → b' });

/** The smallest one, one with uneven cells, and the lab's. */
const sizes = [
  [64, 32],
  [801, 601],
  [1280, 720],
] as const;
const frames = [0, 1, 0x9e3779b9, 2 ** 32 - 1];

describe('patterns of the CPU, drawn by the GPU', { skip: hasSoftwareGl() }, () => {
  let gl: Gl;
  before(async () => {
    gl = await Gl.open({ native: loadNative() });
  });
  after(() => {
    gl.close();
  });

  for (const name of ['bars', 'counter'] as const)
    for (const [width, height] of sizes)
      it(`${name} at ${width}x${height} is the CPU's to the pixel`, async () => {
        const target = await gl.createOffscreen(width, height);
        const pattern = await createGlPattern(gl, name, captions);
        for (const frame of frames) {
          const layers = [...pattern.layers({ width, height }, frame, 0)];
          if (pattern.coded) layers.push(...codeLayers({ width, height }, frame));
          const drawn = await gl.compose(target, { layers });
          drawn.fence?.close();
          assertSame(await gl.readPixels(target, 0, 0, width, height), drawnByCpu(name, width, height, frame), width);
        }
        target.close();
      });
});

describe('what changes from frame to frame', { skip: hasSoftwareGl() }, () => {
  for (const name of ['bars', 'counter', 'smpte'] as const)
    it(`is all that ${name} has to draw anew`, async () => {
      const gl = await Gl.open({ native: loadNative() });
      const [width, height] = [801, 601];
      const size = { width, height };
      const [kept, fresh] = [await gl.createOffscreen(width, height), await gl.createOffscreen(width, height)];
      const pattern = await createGlPattern(gl, name, captions);
      let previous: number | undefined;
      for (const frame of [3, 4, 7, 255, 256, 99_999_999, 5]) {
        const layers = [...pattern.layers(size, frame, 0), ...(pattern.coded ? codeLayers(size, frame) : [])];
        const changes = previous === undefined ? undefined : pattern.changes?.(size, previous, frame);
        const damage = changes && [...changes, ...(pattern.coded ? codeRows(size) : [])];
        assert.equal(damage === undefined, previous === undefined);
        await gl.compose(kept, { layers, damage, fence: 'finish' });
        await gl.compose(fresh, { layers, fence: 'finish' });
        const [one, other] = [await read(gl, kept), await read(gl, fresh)];
        assert.ok(one.equals(other), `frame ${frame} after ${previous ?? 'nothing'} is not the same`);
        previous = frame;
      }
      gl.close();
    });
});

async function read(gl: Gl, picture: GlPicture): Promise<Buffer> {
  return Buffer.from(await gl.readPixels(picture, 0, 0, picture.width, picture.height));
}

function drawnByCpu(name: 'bars' | 'counter', width: number, height: number, frame: number): Uint32Array {
  const pixels = new Uint32Array(width * height);
  createPattern(name).draw({ width, height, stridePixels: width, pixels }, frame, 0);
  return pixels;
}

function assertSame(rgba: Uint8Array, expected: Uint32Array, width: number): void {
  for (let pixel = 0; pixel < expected.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = rgba.subarray(pixel * 4, pixel * 4 + 3);
    const actual = (red << 16) | (green << 8) | blue;
    if (actual !== expected[pixel])
      assert.fail(
        `${pixel % width},${Math.floor(pixel / width)}: ${actual.toString(16)}, not ${expected[pixel]?.toString(16)}`,
      );
  }
}
