/** Whether two pictures are the same, and where they are not. */
import assert from 'node:assert/strict';
import type { Expected } from './reference.js';
import type { Raster } from './raster.js';

/** More pixels on an edge than this, and a test would look at nothing. */
const mostUnsure = 0.35;

/** Each channel within a level, or what rounding layer by layer makes of it. */
export function assertClose(actual: Raster, expected: Expected, what = ''): void {
  const unsure = expected.unsure.reduce((sum, each) => sum + each, 0) / expected.unsure.length;
  assert.ok(unsure <= mostUnsure, `${what}: ${Math.round(unsure * 100)} % of the pixels lie on an edge`);
  const wrong = firstDifference(actual, expected, expected);
  assert.equal(wrong, undefined, `${what}: ${wrong}`);
}

/** Every byte the same. */
export function assertSame(actual: Raster, expected: Raster, what = ''): void {
  const wrong = firstDifference(actual, expected);
  assert.equal(wrong, undefined, `${what}: ${wrong}`);
}

export function firstDifference(
  actual: Raster,
  expected: Raster,
  { most, unsure }: Partial<Pick<Expected, 'most' | 'unsure'>> = {},
): string | undefined {
  const { width, height } = expected;
  if (actual.width !== width || actual.height !== height) return `${actual.width}×${actual.height} pixels`;
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (unsure?.[pixel] === 1) continue;
    const is = actual.rgba.subarray(pixel * 4, pixel * 4 + 4);
    const shall = expected.rgba.subarray(pixel * 4, pixel * 4 + 4);
    if (is.every((level, channel) => Math.abs(level - shall[channel]!) <= (most?.[pixel] ?? 0))) continue;
    return `at ${pixel % width}, ${Math.floor(pixel / width)}: ${is.join(' ')} instead of ${shall.join(' ')}`;
  }
  return undefined;
}
