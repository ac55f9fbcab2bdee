import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { mergeFences } from '../../../src/buffer/index.js';
import { FakeNative, nativeError } from '../../../src/testing/index.js';

/** Merges into a new descriptor of a file, so that what is left open can be seen. */
class Merging extends FakeNative {
  readonly merged: [number, number][] = [];

  constructor(private readonly failAt = Infinity) {
    super();
  }

  override mergeSyncFiles(first: number, second: number): number {
    if (this.merged.length === this.failAt) throw nativeError(25, 'SYNC_IOC_MERGE');
    this.merged.push([first, second]);
    return openSync('/dev/null', 'r');
  }
}

function openCount(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('mergeFences', () => {
  it('merges all, and leaves open only what it returns', () => {
    const native = new Merging();
    const before = openCount();
    const merged = mergeFences([900, 901, 902, 903], native);
    assert.deepEqual(
      native.merged.map(([, second]) => second),
      [901, 902, 903],
    );
    assert.equal(openCount(), before + 1);
    closeSync(merged);
    assert.equal(openCount(), before);
  });

  it('gives a new one for a single fence, which stays the caller’s', () => {
    const native = new Merging();
    closeSync(mergeFences([900], native));
    assert.deepEqual(native.merged, [[900, 900]]);
  });

  it('leaves nothing open when one is no fence', () => {
    const native = new Merging(2);
    const before = openCount();
    assert.throws(() => mergeFences([900, 901, 902, 903], native), { code: 'ERR_SYSTEM', errno: 25 });
    assert.equal(openCount(), before);
    assert.throws(() => mergeFences([], native), { code: 'ERR_USAGE' });
  });
});
