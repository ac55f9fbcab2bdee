/** Commits, buffers and resources refused: by the kernel, by the host, by the process's own limits. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { buildErrnoInjector, ErrnoInjector, mostInASecond, type LoggedCall } from '../support/fault-tools.js';
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

interface Injected {
  readonly result: RunResult;
  /** The page flips that were made to fail, by errno. */
  readonly failed: (errno: string) => readonly LoggedCall[];
}

const pageFlip = 1;

/** What one run of the `auto` ladder makes of page flips that fail, one errno after the other. */
async function underInjection(rules: readonly string[]): Promise<Injected> {
  const injector = new ErrnoInjector(lab, library, rules.join('-').replaceAll(/\W/g, '-'));
  const { job, ended } = await startRun(lab, ['--path', 'auto'], injector.env);
  for (const rule of rules) {
    await injector.inject(rule);
    await sleep(2000);
  }
  job.kill('SIGINT');
  const { result } = await ended;
  const calls = (await injector.calls()).filter(({ injected, flags }) => injected && (flags & pageFlip) !== 0);
  return { result, failed: (errno) => calls.filter((call) => call.result === errno) };
}

describe('a commit rejected in mid-run and worth another try', () => {
  let run: Injected;
  before(async () => {
    run = await underInjection(['EBUSY 8', 'ENOMEM 8', 'EINTR 3', 'EACCES 2']);
  });

  for (const errno of ['EBUSY', 'ENOMEM'])
    it(`with ${errno}: is tried again, at most ten times a second`, () => {
      assert.equal(run.failed(errno).length, 8);
      assert.ok(mostInASecond(run.failed(errno)) <= 10);
    });

  it('with EINTR: is restarted at once', () => {
    assert.equal(run.failed('EINTR').length, 3);
  });

  it('with EACCES: DRM master is sought again, then the whole mode is set', () => {
    assert.ok(run.failed('EACCES').length >= 1);
    assert.ok(mostInASecond(run.failed('EACCES')) <= 10);
    assert.deepEqual(
      run.result.faults.map(({ code, count }) => [code, count]),
      [['ERR_NOT_MASTER', 1]],
    );
  });

  it('ends nothing, and leaves the path as it was', () => {
    assert.doesNotMatch(run.result.reasons.join(), /ERR_/);
    assert.deepEqual([run.result.path, run.result.refused], ['import', []]);
  });
});

describe('a commit rejected in mid-run for good', () => {
  it('with EINVAL, and then ENOSPC: the loop steps down to the next buffer path each time', async () => {
    const { result } = await underInjection(['EINVAL 1', 'ENOSPC 1']);
    assert.equal(result.path, 'export');
    assert.deepEqual(
      result.refused.map(({ path, code }) => [path, code]),
      [
        ['import', 'ERR_COMMIT'],
        ['udmabuf', 'ERR_COMMIT'],
      ],
    );
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });

  it('with EIO: the run ends, with the code', async () => {
    const { result, failed } = await underInjection(['EIO 5']);
    assert.equal(failed('EIO').length, 1);
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
