import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lab } from '../../../src/lab/index.js';
import { checkSize } from '../../../src/lab/sizes.js';

describe('the size of a head', () => {
  for (const [width, height, nearest] of [
    [4095, 33, '4095x200'],
    [63, 199, '64x200'],
    [8193, 9000, '8192x8192'],
    [800.4, 600, '800x600'],
    [NaN, 600, '64x600'],
  ] as const)
    it(`is refused as ${width}x${height}, with the nearest that the guest would get`, () => {
      assert.throws(() => checkSize({ width, height }), { code: 'ERR_USAGE', advice: new RegExp(`is ${nearest}:`) });
    });

  it('may be odd, and as small or as large as an EDID and the driver let it be', () => {
    for (const [width, height] of [
      [64, 200],
      [8192, 8192],
      [1366, 768],
      [801, 601],
      [4097, 2161],
    ] as const)
      checkSize({ width, height });
  });

  it('is refused before anything is started', () =>
    assert.rejects(Lab.boot({ size: { width: 4095, height: 33 }, kernel: '/nowhere' }), {
      code: 'ERR_USAGE',
      message: /cannot have 4095x33/,
    }));
});
