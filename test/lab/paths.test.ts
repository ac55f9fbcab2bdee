/** Every buffer path on the real driver, with a host that takes foreign buffers and with one that refuses them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { compareRuns, parseRun, type ComparableRun } from '../../src/report/compare/index.js';
import { allExact, guesthead, lastJson, measured, startWatched, untilFlipping } from '../support/lab.js';

function runPath(lab: Lab, path: string, mode: string): Promise<RunResult> {
  return measured(
    async () => {
      const words = ['run', '--path', path, '--mode', mode, '--frames', '80', '--json'];
      return lastJson<RunResult>(await guesthead(lab, words, { GUESTHEAD_CAPTURES: '2' }));
    },
    ({ verdict }) => verdict === 'pass',
  );
}

function assertGood(result: RunResult, path: string): void {
  assert.deepEqual(result.reasons, []);
  assert.equal(result.path, path);
  assert.equal(result.judged.pace, result.judged.why?.includes('emulates') === true ? 'not judged' : 'mode');
  assert.deepEqual(result.host, allExact(2));
}

/** What `node -e` in the guest prints of these pages, fetched one after the other. */
const fetching = 'for (const url of process.argv.slice(1)) fetch(url).then((page) => page.text()).then(console.log)';

/** Rows of it are no multiple of 64 bytes, nor of 4 in a capture of three bytes a pixel. */
const odd = { width: 1366, height: 768 };

describe('a host that takes foreign buffers', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ size: odd });
  });
  after(async () => {
    await lab.close();
  });

  for (const path of ['import', 'udmabuf', 'export'] as const)
    it(`shows 1366x768 by the ${path} path, without a copy`, async () => {
      const result = await runPath(lab, path, '1366x768@75');
      assert.deepEqual([result.mode.width, result.mode.height], [odd.width, odd.height]);
      assertGood(result, path);
      assert.equal(result.bytesCopiedPerFrame, 0);
      assert.deepEqual(result.refused, []);
    });

  it('shows 1366x768 by the copy path, copying only what changed', async () => {
    const result = await runPath(lab, 'copy', '1366x768@75');
    assertGood(result, 'copy');
    const whole = odd.width * odd.height * 4;
    assert.ok(
      result.bytesCopiedPerFrame > 0 && result.bytesCopiedPerFrame < whole / 10,
      String(result.bytesCopiedPerFrame),
    );
  });

  it('tells Prometheus of a run meanwhile', async () => {
    const { lines, job } = startWatched(lab, [
      'node',
      'dist/cli/main.cjs',
      'run',
      '--json',
      '--seconds',
      '500',
      '--metrics',
      '0',
    ]);
    const url = (await lines.until(/^metrics: http:\S+$/m)).slice('metrics: '.length);
    await untilFlipping(lab, '1366x768');
    const { stdout } = await lab.run(['node', '-e', fetching, url, new URL('/healthz', url).href]);
    assert.match(stdout, /^guesthead_flips_total\{display="\S+",connector="Virtual-1"\} [1-9]/m);
    assert.match(stdout, /^guesthead_commit_seconds_count\{.*\} [1-9]/m);
    assert.match(stdout, /^guesthead_buffers\{.*state="current"\} 1$/m);
    assert.match(stdout, /^ok$/m);
    job.kill('SIGINT');
    await lines.until(/^\{"verdict".*\}$/m);
    await job.done; // the server keeps nobody waiting
  });

  it('keeps samples of a run, which is no regression against itself', async () => {
    const run = await samplesOf('bars');
    assert.equal(compareRuns(run, run).verdict, 'same');
  });

  async function samplesOf(pattern: string): Promise<ComparableRun> {
    const { stdout } = await guesthead(lab, ['run', '--pattern', pattern, '--frames', '80', '--samples']);
    const run = parseRun(stdout, pattern);
    const lengths = run.heads.map(({ samples }) => [samples.drawMs.length, samples.intervalMs.length]);
    assert.deepEqual(lengths, [[80, 80]]);
    return run;
  }

  it('copies the whole picture where the drawing does not say what changed', async () => {
    const words = ['run', '--path', 'copy', '--mode', '640x480', '--pattern', 'none', '--frames', '30', '--json'];
    const { bytesCopiedPerFrame } = lastJson<RunResult>(await guesthead(lab, words));
    const whole = 640 * 480 * 4;
    // a frame drawn ahead at either end of the count belongs to it or not
    assert.ok(Math.abs(bytesCopiedPerFrame - whole) <= whole / 15, String(bytesCopiedPerFrame));
  });
});

describe('a host that refuses foreign buffers', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ blob: false });
  });
  after(async () => {
    await lab.close();
  });

  it('ends the run with ERR_IMPORT_REFUSED and advice, status 3', async () => {
    const run = await guesthead(lab, ['run', '--json']);
    assert.equal(run.status, 3);
    assert.match(run.stderr, /ERR_IMPORT_REFUSED.*ENODEV/);
    assert.match(run.stderr, /→ .*blob=true/);
    const { verdict, error } = lastJson<{ verdict: string; error: { code: string; advice: string } }>(run);
    assert.deepEqual([verdict, error.code], ['fail', 'ERR_IMPORT_REFUSED']);
    assert.match(error.advice, /6\.14/);
  });

  it('makes auto take the export path, and say why the better ones were refused', async () => {
    const result = await runPath(lab, 'auto', '1920x1080@75');
    assertGood(result, 'export');
    assert.deepEqual(
      result.refused.map(({ path, code }) => [path, code]),
      [
        ['import', 'ERR_IMPORT_REFUSED'],
        ['udmabuf', 'ERR_IMPORT_REFUSED'],
      ],
    );
    for (const { advice } of result.refused) assert.match(advice, /6\.14/);
  });
});
