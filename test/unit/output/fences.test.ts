import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { mergeFences } from '../../../src/output/index.js';
import { FakeNative, nativeError } from '../../../src/testing/index.js';

/** Merges into a new descriptor of a file, so that what is left open can be seen. */
class Merging extends FakeNative {
  readonly merged: [number, number][] = [];
  readonly made: number[] = [];

  constructor(private readonly failAt = Infinity) {
    super();
  }

  override mergeSyncFiles(first: number, second: number): number {
    if (this.merged.length === this.failAt) throw nativeError(25, 'SYNC_IOC_MERGE');
    this.merged.push([first, second]);
    const fd = openSync('/dev/null', 'r');
    this.made.push(fd);
    return fd;
  }
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

describe('mergeFences', () => {
  it('merges all, and leaves open only what it returns', () => {
    const native = new Merging();
    const merged = mergeFences([900, 901, 902, 903], native);
    assert.deepEqual(
      native.merged.map(([, second]) => second),
      [901, 902, 903],
    );
    assert.deepEqual(native.made.map(isOpen), [false, false, true]);
    assert.equal(merged, native.made[2]);
    closeSync(merged);
  });

  it('gives a new one for a single fence, which stays the caller’s', () => {
    const native = new Merging();
    closeSync(mergeFences([900], native));
    assert.deepEqual(native.merged, [[900, 900]]);
  });

  it('leaves nothing open when one is no fence', () => {
    const native = new Merging(2);
    assert.throws(() => mergeFences([900, 901, 902, 903], native), { code: 'ERR_SYSTEM', errno: 25 });
    assert.deepEqual(native.made.map(isOpen), [false, false]);
    assert.throws(() => mergeFences([], native), { code: 'ERR_USAGE' });
  });
});
