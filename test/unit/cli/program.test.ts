import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { packageVersion } from '../../../src/package-root.js';

describe('the program', () => {
  it('prints its version and what it is made of, and ends well', (t) => {
    const write = t.mock.method(process.stdout, 'write', () => true);
    const parse = () => createProgram('--version').parse(['--version'], { from: 'user' });
    assert.throws(parse, { code: 'commander.version', exitCode: 0 });
    const [first, node, addon, revision] = String(write.mock.calls[0]?.arguments[0]).split('\n');
    assert.equal(first, `guesthead ${packageVersion()}`);
    assert.equal(node, `Node ${process.version} on linux-${process.arch}`);
    assert.match(addon ?? '', /^addon (built here|prebuilt), native\/.*\.node$/);
    assert.match(revision ?? '', /^revision [0-9a-f]{7,}(-dirty)?$/);
  });
});
