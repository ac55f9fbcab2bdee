/** What clients are told in a file. */
import assert from 'node:assert/strict';
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';

/** F_SEAL_SEAL, _SHRINK, _GROW and _WRITE. */
const allSeals = 15;

describe('a sealed file', () => {
  it('has the bytes that it was given, which nobody can change', () => {
    const fd = native.createSealedFile(Uint8Array.of(1, 2, 3));
    assert.deepEqual([...readFileSync(`/proc/self/fd/${fd}`)], [1, 2, 3]);
    assert.equal(native.sealsOf(fd), allSeals);
    assert.throws(() => writeSync(fd, 'x'), { code: 'EBADF' });
    closeSync(fd);
  });

  it('is not made of anything but bytes', () => {
    const before = openDescriptors();
    for (const wrong of [undefined, 'bytes', new ArrayBuffer(3), new Float64Array(1)])
      assert.throws(() => native.createSealedFile(wrong as unknown as Uint8Array), TypeError);
    assert.equal(openDescriptors(), before);
  });
});
