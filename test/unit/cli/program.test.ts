import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { packageVersion } from '../../../src/package-root.js';

describe('the program', () => {
  it('prints its version, and ends well', (t) => {
    const write = t.mock.method(process.stdout, 'write', () => true);
    const parse = () => createProgram('--version').parse(['--version'], { from: 'user' });
    assert.throws(parse, { code: 'commander.version', exitCode: 0 });
    assert.deepEqual(write.mock.calls[0]?.arguments, [`${packageVersion()}\n`]);
  });
});
