/** The main job on the real driver: one boot for all of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import type { HeadData } from '../../src/report/html/report-data.js';
import { allExact, guesthead, lastJson, measured, script } from '../support/lab.js';
import { embedded } from '../support/report.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1920, height: 1080 } });
});
after(async () => {
  await lab.close();
});

/** In the guest's own memory. */
const reportFile = '/run/report.html';

/** Whether an emulated machine, beside all else that runs here, flips at the full rate is for the benchmark to say. */
function importRun(mode: string): Promise<RunResult> {
  return measured(
    async () => {
      const words = ['run', '--mode', mode, '--frames', '150', '--pattern', 'counter', '--json'];
      return lastJson<RunResult>(await guesthead(lab, words, { GUESTHEAD_CAPTURES: '3' }));
    },
    ({ verdict }) => verdict === 'pass',
  );
}

describe('the import path on virtio-gpu', () => {
  it('is what this lab runs on', async () => {
    const { stdout } = await lab.run(['sh', '-c', 'ls /sys/bus/virtio/drivers/virtio_gpu; uname -r']);
    assert.match(stdout, /^virtio\d+$/m);
    assert.ok(stdout.includes(lab.kernel.release));
  });

  for (const [mode, width, height, hz] of [
    ['1920x1080@75', 1920, 1080, 75],
    ['3840x2160@60', 3840, 2160, 60],
  ] as const)
    it(`flips ${mode}, and the host shows the very pixels`, async () => {
      const result = await importRun(mode);
      assert.deepEqual(result.reasons, []);
      assert.equal(result.verdict, 'pass');
      assert.equal(result.path, 'import');
      assert.equal(result.render.driver, 'vgem');
      assert.equal(result.display.driver, 'virtio_gpu');
      assert.deepEqual([result.mode.width, result.mode.height, Math.round(result.mode.refreshHz)], [width, height, hz]);
      assert.equal(result.buffers, 4);
      assert.equal(result.frames, 150);
      assert.equal(result.tearRisk, 0);
      assert.equal(result.bytesCopiedPerFrame, 0);
      assert.deepEqual(result.host, allExact(3));
    });

  it('takes 2 and 16 buffers, and is what auto chooses', async () => {
    for (const buffers of ['2', '16']) {
      const run = await guesthead(lab, [
        'run',
        '--path',
        'auto',
        '--buffers',
        buffers,
        '--frames',
        '30',
        '--json',
        '--pattern',
        'none',
        '--report',
        reportFile,
      ]);
      const result = lastJson<RunResult>(run);
      assert.equal(result.buffers, Number(buffers));
      assert.deepEqual([result.path, result.refused], ['import', []]);
      assert.equal(result.frames, 30);
      assert.match(run.stderr, new RegExp(`^report: ${reportFile}$`, 'm'));
      const { heads } = embedded((await lab.run(['cat', reportFile])).stdout);
      const [{ lanes, measuredUs, frames }] = heads as [HeadData];
      const [from, to] = measuredUs ?? assert.fail('nothing was measured');
      assert.equal(frames.flippedUs.filter((us) => us > from && us <= to).length, 30);
      assert.deepEqual([lanes, Math.max(...frames.slot) + 1], [result.buffers, result.buffers]);
    }
  });

  it('costs one native call a flip, no ffi-napi call, and no memory that grows', async () => {
    const { flips, rssGrowth, early, late } = lastJson<{
      flips: number;
      rssGrowth: number;
      early: Record<string, number>;
      late: Record<string, number>;
    }>(await lab.run(script('test/lab/guest/steady.ts')));
    const made = (name: string) => (late[name] ?? NaN) - (early[name] ?? NaN);
    assert.equal(flips, 700);
    assert.ok(Math.abs(made('commit') - flips) <= 1, `${made('commit')} commits`);
    assert.equal(made('ffi'), 0);
    assert.equal(made('other'), 0);
    assert.ok((early['ffi'] ?? 0) > 0, 'the counter of ffi calls counts');
    assert.ok(rssGrowth < 5 * 2 ** 20, `RSS grew by ${rssGrowth} bytes`);
  });

  it('leaks nothing over heads opened, flipped and closed, nor over those that fail to open', async () => {
    const {
      before: first,
      after: last,
      codes,
    } = lastJson<{
      before: Record<string, number>;
      after: Record<string, number>;
      codes: string[];
    }>(await lab.run(script('test/lab/guest/leaks.ts')));
    assert.deepEqual(
      codes.filter((code) => code !== 'as expected'),
      [],
    );
    assert.ok((first['fds'] ?? 0) > 3);
    assert.deepEqual(last, first);
  });

  it('keeps the contract that the fake addon keeps', async () => {
    const run = await lab.run(script('test/lab/guest/contract.ts'), { env: { NODE_OPTIONS: '--test-reporter=tap' } });
    assert.equal(run.status, 0, run.stdout);
    assert.match(run.stdout, /^# pass [1-9]/m);
  });

  it('is what npm start runs where both devices are there', async () => {
    const run = await lab.run(['node', 'scripts/start.mjs', '--frames', '30', '--json']);
    assert.match(run.stderr, /running on this machine itself/);
    const result = lastJson<RunResult>(run);
    assert.equal(result.frames, 30);
    assert.equal(result.host, null);
  });

  it('lists its devices by the example', async () => {
    const listed = await lab.run(script('examples/list-devices.ts'));
    assert.match(listed.stdout, /virtio_gpu at [\d:.]+ \(\/dev\/dri\/card\d.*shows the pictures/);
    assert.match(listed.stdout, /vgem \(.*can allocate buffers/);
  });

  it('keeps the contract that the fake kernel keeps, also once it is unbound', async () => {
    const env = { NODE_OPTIONS: '--test-reporter=tap' };
    const run = await lab.run(script('test/lab/guest/kms-contract.ts'), { env });
    assert.equal(run.status, 0, run.stdout);
    assert.match(run.stdout, /^# pass 12$/m);
  });
});
