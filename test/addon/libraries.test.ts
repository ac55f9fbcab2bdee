/** The code of loaded libraries, as /proc/self/smaps shows it: the C library's, which is always there and always used. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';

/** KiB in memory of the C library's code; the mapping's own line ends with its file. */
function residentCode(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[\da-f]+-[\da-f]+ )/m);
  const code = mappings.filter((mapping) => /^\S+ r-xp .*\/libc\.so\.6$/m.test(mapping));
  return code.reduce((sum, mapping) => sum + Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1]), 0);
}

describe('the code of a library', () => {
  it('leaves the memory, and comes back page by page when it runs', () => {
    residentCode();
    const before = residentCode();
    native.discardCode('libc.so');
    const after = residentCode();
    // The kernel maps pages around each that runs again, as many as lie together in its cache.
    assert.ok(after > 0 && after < before * 0.9, `${before} KiB before, ${after} KiB after`);
  });

  it('stays where another library is named', () => {
    residentCode();
    const before = residentCode();
    for (const name of ['c.so', 'libc.so.66', 'libno-such-library']) native.discardCode(name);
    assert.ok(residentCode() >= before);
  });

  it('is not asked for by anything but a name', () => {
    const untyped = native as unknown as { discardCode: (...args: unknown[]) => void };
    for (const wrong of [[], [1], [null], [{}]]) assert.throws(() => untyped.discardCode(...wrong), TypeError);
  });
});

describe('the driver of a GPU', () => {
  const isThere =
    existsSync('/sys/class/drm') && readdirSync('/sys/class/drm').some((name) => name.startsWith('renderD'));

  it('is not loaded ahead where there is none', { skip: isThere && 'this machine has a render node' }, () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const before = threads();
    native.loadDriverAhead();
    assert.equal(threads(), before);
  });
});
