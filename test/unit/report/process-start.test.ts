import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { monotonicClock } from '../../../src/loop/index.js';
import { processStartMs } from '../../../src/report/index.js';

it('tells when this process began, on the monotonic clock', () => {
  const counted = performance.now();
  const age = monotonicClock.now() - processStartMs();
  const { stdout } = spawnSync('ps', ['-o', 'etimes=', '-p', String(process.pid)], { encoding: 'utf8' });
  assert.ok(age > counted - 20, 'older than what Node counts from');
  assert.ok(Math.abs(age / 1000 - Number(stdout)) < 2, `${age} ms against ps's ${stdout.trim()} s`);
});

it('is not led astray by a name with spaces and brackets', () => {
  const fields = Array.from({ length: 30 }, (_, index) => String(index + 3));
  assert.equal(processStartMs(`1 (a) b) ${fields.join(' ')}`), 220);
});
