import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, formatName } from '../../../src/ffi/index.js';
import { commonFormats } from '../../../src/gpus/formats.js';

const [tiled, compressed] = [1n, 2n];
const all = () => true;

describe('the formats that both GPUs have', () => {
  it('come with code, name and modifiers, in the order of the display', () => {
    const plane = new Map([
      [format.XRGB8888, [tiled, 0n]],
      [format.RGB565, [0n]],
    ]);
    assert.deepEqual(commonFormats([plane], all), [
      { fourcc: 0x34325258, name: 'XRGB8888', modifiers: [tiled, 0n] },
      { fourcc: 0x36314752, name: 'RGB565', modifiers: [0n] },
    ]);
  });

  it('are those of every plane, and those that the GPU draws', () => {
    const one = new Map([
      [format.XRGB8888, [compressed, tiled, 0n]],
      [format.RGB565, [0n]],
      [format.C8, [0n]],
    ]);
    const other = new Map([
      [format.XRGB8888, [0n, compressed]],
      [format.RGB565, [tiled]],
      [format.C8, [0n]],
    ]);
    const drawn = (code: number, modifier: bigint) => code !== format.C8 && modifier !== compressed;
    assert.deepEqual(
      commonFormats([one, other], drawn).map(({ name, modifiers }) => [name, modifiers]),
      [['XRGB8888', [0n]]],
    );
  });

  it('are none without a plane, and have a name where the table has none', () => {
    assert.deepEqual(commonFormats([], all), []);
    const unknown = Buffer.from('ZZ99').readUInt32LE();
    assert.equal(commonFormats([new Map([[unknown, [0n]]])], all)[0]?.name, formatName(unknown));
  });
});
