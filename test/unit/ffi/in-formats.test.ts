import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInFormats } from '../../../src/ffi/in-formats.js';

interface Entry {
  readonly formats: bigint;
  readonly offset?: number;
  readonly modifier: bigint;
}

/** Written from drm_mode.h, and not from the parser: the formats lie behind the header, the modifiers 8-aligned behind them. */
function blob(formats: readonly number[], entries: readonly Entry[], version = 1): Buffer {
  const modifiersAt = 24 + Math.ceil(formats.length / 2) * 8;
  const bytes = Buffer.alloc(modifiersAt + entries.length * 24);
  [version, 0, formats.length, 24, entries.length, modifiersAt].forEach((value, index) =>
    bytes.writeUInt32LE(value, index * 4),
  );
  formats.forEach((code, index) => bytes.writeUInt32LE(code, 24 + index * 4));
  entries.forEach(({ formats: bits, offset = 0, modifier }, index) => {
    bytes.writeBigUInt64LE(bits, modifiersAt + index * 24);
    bytes.writeUInt32LE(offset, modifiersAt + index * 24 + 8);
    bytes.writeBigUInt64LE(modifier, modifiersAt + index * 24 + 16);
  });
  return bytes;
}

const tiled = 0x0100_0000_0000_0001n;

describe('an IN_FORMATS blob', () => {
  it('tells each format’s modifiers, in its order', () => {
    const bytes = blob(
      [11, 22, 33],
      [
        { formats: 0b101n, modifier: tiled },
        { formats: 0b011n, modifier: 0n },
      ],
    );
    assert.deepEqual(
      [...parseInFormats(bytes)!],
      [
        [11, [tiled, 0n]],
        [22, [0n]],
        [33, [tiled]],
      ],
    );
  });

  it('counts an entry’s formats from its offset, 64 of them at the most', () => {
    const formats = Array.from({ length: 130 }, (_, index) => 1000 + index);
    const all = 2n ** 64n - 1n;
    const found = parseInFormats(blob(formats, [{ formats: all, offset: 64, modifier: tiled }]))!;
    const having = formats.filter((code) => found.get(code)!.length > 0);
    assert.deepEqual([having[0], having.at(-1), having.length], [1064, 1127, 64]);
  });

  it('is not guessed at where its version is another', () => {
    assert.equal(parseInFormats(blob([11], [{ formats: 1n, modifier: 0n }], 2)), undefined);
  });
});
