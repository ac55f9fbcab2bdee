import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runHeads } from '../../../src/cli/run-heads.js';
import type { RunOptions } from '../../../src/cli/run-options.js';

describe('runHeads', () => {
  const wrong: RunOptions[] = [
    { update: 'dirtyfb', path: 'import' },
    { buffers: 99 },
    { mode: 'wide' },
    { connector: ['all'], flipTimeoutMs: -1 },
    { report: '/nowhere/at/all.html' },
  ];
  for (const options of wrong)
    it(`refuses ${JSON.stringify(options)} before it touches a device`, () =>
      assert.rejects(runHeads({ ...options, display: '/dev/null' }), { code: 'ERR_USAGE' }));
});
