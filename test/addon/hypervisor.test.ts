import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { loadNative } from '../../src/native/index.js';

it('names the hypervisor where the processor tells of one, and none where it does not', () => {
  const told = /^flags\s*:.* hypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  const name = loadNative().hypervisor();
  if (process.arch === 'x64' && told) assert.match(name, /^[ -~]{1,12}$/);
  else assert.equal(name, '');
});
