/** The copy of damaged rectangles, and dma-bufs of ordinary memory. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';

const [width, height] = [200, 8];

function pixels(stride: number, value: (index: number) => number): Uint32Array {
  return Uint32Array.from({ length: (stride / 4) * height }, (_, index) => value(index));
}

describe('copyRectangles', () => {
  it('copies the rectangles and nothing else, whatever the strides and alignments', () => {
    const rectangle = fc
      .tuple(fc.nat(width), fc.nat(height), fc.nat(width), fc.nat(height))
      .map(([x, y, w, h]) => [x, y, Math.min(w, width - x), Math.min(h, height - y)] as const);
    const padding = fc.nat(9).map((extra) => (width + extra) * 4);
    fc.assert(
      fc.property(fc.array(rectangle, { maxLength: 5 }), padding, padding, (parts, targetStride, sourceStride) => {
        const source = pixels(sourceStride, (index) => index + 1);
        const target = pixels(targetStride, () => 0);
        const expected = pixels(targetStride, () => 0);
        let area = 0;
        for (const [x, y, w, h] of parts) {
          area += w * h;
          for (let row = y; row < y + h; row++)
            for (let at = x; at < x + w; at++)
              expected[(row * targetStride) / 4 + at] = source[(row * sourceStride) / 4 + at] ?? 0;
        }
        const list = Uint32Array.from(parts.flat());
        const { buffer: to } = target;
        const { buffer: from } = source;
        assert.equal(
          native.copyRectangles(to as ArrayBuffer, targetStride, from as ArrayBuffer, sourceStride, list, parts.length),
          area * 4,
        );
        assert.deepEqual(target, expected);
      }),
    );
  });

  it('refuses a rectangle outside of either picture, with nothing copied', () => {
    const stride = width * 4;
    const source = pixels(stride, () => 7).buffer as ArrayBuffer;
    for (const bad of [
      [0, 0, width + 1, 1],
      [width, 0, 1, 1],
      [0, height, 1, 1],
      [0, 0, 1, height + 1],
      [2 ** 32 - 1, 0, 1, 1],
      [0, 2 ** 32 - 1, 1, 2],
    ]) {
      const target = pixels(stride, () => 0);
      const list = Uint32Array.of(0, 0, 1, 1, ...bad);
      assert.throws(
        () => native.copyRectangles(target.buffer as ArrayBuffer, stride, source, stride, list, 2),
        RangeError,
      );
      assert.ok(target.every((pixel) => pixel === 0));
    }
  });

  it('refuses wrong types, and a count beyond the list', () => {
    const memory = new ArrayBuffer(64);
    const list = new Uint32Array(4);
    const untyped = native as unknown as Record<string, (...words: unknown[]) => number>;
    const copy = (...words: unknown[]) => untyped['copyRectangles']!(...words);
    for (const words of [
      [],
      [list, 16, memory, 16, list, 1],
      [memory, '16', memory, 16, list, 1],
      [memory, 16, null, 16, list, 1],
      [memory, 16, memory, 16, [0, 0, 1, 1], 1],
      [memory, 16, memory, 16, list, undefined],
    ])
      assert.throws(() => copy(...words), TypeError);
    assert.throws(() => copy(memory, 16, memory, 16, list, 2), RangeError);
    assert.throws(() => copy(memory, 0, memory, 16, list, 1), RangeError);
  });
});

describe('createUdmabuf', () => {
  it('refuses what is no size', () => {
    const create = (bytes: unknown) => native.createUdmabuf(bytes as number);
    assert.throws(() => create('1'), TypeError);
    for (const bytes of [0, -1, 1.5, 2 ** 32]) assert.throws(() => create(bytes), RangeError);
  });

  it(
    'says which step failed, and leaves nothing open',
    { skip: existsSync('/dev/udmabuf') && 'this host has /dev/udmabuf; the lab tests use it' },
    () => {
      const before = openDescriptors();
      assert.throws(() => native.createUdmabuf(4096), { code: 'ENOENT', errno: 2, syscall: 'open /dev/udmabuf' });
      assert.equal(openDescriptors(), before);
    },
  );
});
