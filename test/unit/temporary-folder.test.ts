/** Where a process keeps its files for a while. */
import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../src/temporary-folder.js';

describe('a temporary folder', () => {
  it('is new, and its user’s alone', () => {
    const folders = [temporaryFolder('guesthead-test-'), temporaryFolder('guesthead-test-')];
    assert.equal(new Set(folders).size, 2);
    for (const folder of folders) {
      assert.deepEqual([dirname(folder), statSync(folder).mode & 0o777], [tmpdir(), 0o700]);
      rmSync(folder, { recursive: true });
    }
  });

  it('that cannot be made is told with where, why and what to change', (t) => {
    const usual = process.env['TMPDIR'];
    t.after(() => {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
    });
    process.env['TMPDIR'] = '/proc/none-such';
    assert.throws(() => temporaryFolder('guesthead-test-'), {
      code: 'ERR_SYSTEM',
      message: 'No folder can be made in /proc/none-such (mkdtemp: ENOENT)',
      advice: 'set TMPDIR to a folder that can be written, and has room',
    });
  });
});
