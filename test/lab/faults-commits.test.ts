/** Commits, buffers and resources refused: by the kernel, by the host, by the process's own limits. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { buildErrnoInjector, ErrnoInjector, mostInASecond } from '../support/fault-tools.js';
import { guesthead, lastJson, script, startRun } from '../support/lab.js';

let lab: Lab;
let library: string;
before(async () => {
  library = await buildErrnoInjector();
  lab = await Lab.boot({ size: { width: 1280, height: 720 }, udmabufStandIn: true });
});
after(async () => {
  await lab.close();
});

/** What a run of the `auto` ladder makes of commits that fail in mid-run. */
async function underInjection(rules: string): Promise<{ result: RunResult; most: number; failed: number }> {
  const injector = new ErrnoInjector(lab, library, rules.replaceAll(/\W/g, '-'));
  const { job, ended } = await startRun(lab, ['--path', 'auto', '--seconds', '30'], injector.env);
  await injector.inject(rules);
  await sleep(2500);
  job.kill('SIGINT');
  const { result } = await ended;
  const pageFlip = 1;
  const failing = (await injector.calls()).filter(({ injected, flags }) => injected && (flags & pageFlip) !== 0);
  return { result, most: mostInASecond(failing), failed: failing.length };
}

describe('a commit rejected in mid-run', () => {
  for (const errno of ['EBUSY', 'ENOMEM'])
    it(`with ${errno}: is tried again, at most ten times a second, and the loop goes on`, async () => {
      const { result, most, failed } = await underInjection(`${errno} 8`);
      assert.equal(failed, 8);
      assert.ok(most <= 10, `${String(most)} commits in a second`);
      assert.doesNotMatch(result.reasons.join(), /ERR_/);
      assert.equal(result.path, 'import');
    });

  it('with EINTR: is restarted at once', async () => {
    const { result, failed } = await underInjection('EINTR 3');
    assert.equal(failed, 3);
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
    assert.deepEqual(result.faults, []);
  });

  it('with EACCES: DRM master is sought again, then the whole mode is set', async () => {
    const { result, most } = await underInjection('EACCES 2');
    assert.ok(most <= 10);
    assert.deepEqual(
      result.faults.map(({ code, count }) => [code, count]),
      [['ERR_NOT_MASTER', 1]],
    );
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });

  for (const errno of ['EINVAL', 'ENOSPC'])
    it(`with ${errno}: the loop steps down to the next buffer path`, async () => {
      const { result } = await underInjection(`${errno} 1`);
      assert.equal(result.path, 'udmabuf');
      assert.deepEqual(
        result.refused.map(({ path, code }) => [path, code]),
        [['import', 'ERR_COMMIT']],
      );
      assert.doesNotMatch(result.reasons.join(), /ERR_/);
    });

  it('with EIO: the run ends, with the code', async () => {
    const { result, failed } = await underInjection('EIO 5');
    assert.equal(failed, 1);
    assert.match(result.reasons.join(), /ERR_COMMIT: .*EIO/);
  });
});

describe('a buffer that the host refuses', () => {
  after(async () => {
    await lab.refuseBuffers(false);
  });

  it('is recognised by the kernel log: ERR_HOST_REFUSED with the command and advice', async () => {
    await lab.refuseBuffers(true);
    const run = await guesthead(lab, ['run', '--path', 'import', '--frames', '60', '--json']);
    await lab.refuseBuffers(false);
    const { faults, verdict, reasons } = lastJson<RunResult>(run);
    const [refusal] = faults.filter(({ code }) => code === 'ERR_HOST_REFUSED');
    assert.match(refusal?.message ?? '', /SET_SCANOUT_BLOB/);
    assert.match(refusal?.advice ?? '', /list_limit.*memory-backend-memfd.*VRAM/);
    assert.equal(verdict, 'fail');
    assert.match(reasons.join(), /ERR_HOST_REFUSED/, 'a black screen passes no run');
  });
});

describe('a process without the means', () => {
  interface Limited {
    readonly codes: string[];
    readonly before: Record<string, number>;
    readonly after: Record<string, number>;
  }

  it('no descriptors, no memory: a coded error at each step of the allocation, and everything released', async () => {
    const run = await lab.run(['sh', '-c', `ulimit -n 120; exec ${script('test/lab/guest/limits.ts').join(' ')}`]);
    const { codes, before: held, after: left } = lastJson<Limited>(run);
    assert.ok(codes.length >= 8, codes.join());
    for (const code of codes) assert.match(code, /^(opened|ERR_\w+)$/);
    assert.ok(codes.includes('opened'), 'the last try has enough');
    assert.ok(codes.filter((code) => code !== 'opened').length >= 5, codes.join());
    assert.deepEqual(left, held);
  });
});
