/** The tool with which the lab makes ioctls fail, on the real addon but without a device. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { buildErrnoInjector, mostInASecond, parseCalls } from '../support/fault-tools.js';
import { loadScript } from './support/addon.js';
import { runNode } from './support/child.js';

/** Commits with each of the flags to what is no DRM device, so that the kernel's own answer is ENOTTY; a text is new rules. */
const commits = (steps: readonly (number | string)[]) => `
  ${loadScript}
  const device = native.openDevice(require('fs').openSync('/dev/zero', 'r+'));
  const none = { objects: new Uint32Array(0), properties: new Uint32Array(0), values: new BigUint64Array(0) };
  const errors = ${JSON.stringify(steps)}.flatMap((step) => {
    if (typeof step === 'string') return require('fs').writeFileSync(process.env.GUESTHEAD_INJECT, step) ?? [];
    try { device.commit(none, step); return 'none'; } catch (error) { return error.code; }
  });
  device.close();
  console.log(errors.join(' '));`;
const testOnly = 0x100;

describe('the errno injector', () => {
  let library: string;
  let folder: string;
  const control = () => join(folder, 'control');
  const calls = () => parseCalls(readFileSync(`${control()}.log`, 'utf8'));

  before(async () => {
    library = await buildErrnoInjector();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guesthead-inject-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function commit(rules: string, steps: readonly (number | string)[]) {
    writeFileSync(control(), rules);
    const env = { GUESTHEAD_INJECT: control() };
    return runNode(['-e', commits(steps)], { env, preload: [library] });
  }

  it('makes as many commits fail as it is told, in the order of the lines, and takes the file away', async () => {
    const { stdout, stderr } = await commit('EBUSY 2\n\nEIO 1\n', [0, 0x200, 0, 0]);
    assert.equal(stdout.trim(), 'EBUSY EBUSY EIO ENOTTY', stderr);
    assert.equal(existsSync(control()), false);
  });

  it('forgets what is left of a file when the next one comes', async () => {
    const { stdout } = await commit('EIO 9', [0, 'ENOSPC 1', 0, 0, 'EIO 9', 0, 'EIO 0', 0]);
    assert.equal(stdout.trim(), 'EIO ENOSPC ENOTTY EIO ENOTTY');
  });

  it('logs every commit: when, with which flags, how it ended, and whose doing that was', async () => {
    await commit('EACCES 1', [0x200, 0x400]);
    const [first, second] = calls();
    const told = { name: 'ATOMIC', flags: 0x200, result: 'EACCES', injected: true };
    assert.deepEqual(first, { ...told, atMs: first?.atMs });
    assert.deepEqual(second, { ...told, atMs: second?.atMs, flags: 0x400, result: 'ENOTTY', injected: false });
    assert.ok(second.atMs >= first.atMs);
  });

  it('leaves commits that only test alone, unless they are named', async () => {
    assert.equal((await commit('EINVAL 1', [testOnly, 0])).stdout.trim(), 'ENOTTY EINVAL');
    assert.equal((await commit('EINVAL 1 ATOMIC_TEST', [0, testOnly])).stdout.trim(), 'ENOTTY EINVAL');
    assert.equal((await commit('EINVAL 1 ADDFB2', [0, testOnly])).stdout.trim(), 'ENOTTY ENOTTY');
  });

  it('has an EINTR used up by the restarts of one commit', async () => {
    assert.equal((await commit('EINTR 3', [0])).stdout.trim(), 'ENOTTY');
    assert.deepEqual(
      calls().map(({ result }) => result),
      ['EINTR', 'EINTR', 'EINTR', 'ENOTTY'],
    );
  });

  it('ends the process on what it does not understand', async () => {
    for (const rules of ['EBUSY', 'EWHATEVER 1', 'EBUSY 1 NO_SUCH_CALL']) {
      const { signal, stderr } = await commit(rules, [0]);
      assert.equal(signal, 'SIGABRT', rules);
      assert.match(stderr, /^errno-injector: /m);
    }
  });
});

describe('parseCalls and mostInASecond', () => {
  it('counts the busiest second', () => {
    const line = (ms: number) => `${ms.toFixed(3)} ATOMIC 0x201 EBUSY injected\n`;
    const log = [0, 400, 900, 999.5, 1399.999, 1400, 5000].map(line).join('');
    assert.equal(mostInASecond(parseCalls(log)), 4);
    assert.equal(mostInASecond(parseCalls('')), 0);
  });

  it('does not take other text for a log', () => {
    assert.throws(() => parseCalls('hello\n'), /hello/);
  });
});
