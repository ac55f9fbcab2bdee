/** `guesthead run --draw gl`: what the render GPU draws is what the host shows, and a frame without a fence is seen to be unfinished. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { allExact, guesthead, lastJson, measured, startRun, untilFlipping } from '../support/lab.js';

/** Small, because llvmpipe draws on an emulated processor. */
const size = { width: 320, height: 240 };

interface Failed {
  readonly error: { readonly code: string; readonly advice: string | null };
}

describe('run --draw gl', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ size, cpus: 2 }); // with one, what draws has the processor until a frame is done
  });
  after(async () => {
    await lab.close();
  });

  const run = <T = RunResult>(...words: string[]) => runWith<T>(3, ...words);

  async function runWith<T>(captures: number, ...words: string[]): Promise<T> {
    const environment = { GUESTHEAD_CAPTURES: String(captures) };
    return lastJson<T>(await guesthead(lab, ['run', '--json', '--frames', '20', ...words], environment));
  }

  /** Again where the noise of a shared machine spoiled it. */
  const passing = (...words: string[]) =>
    measured(
      () => run(...words),
      ({ verdict }) => verdict === 'pass',
    );

  it('shows the counter to the pixel on the import path, and says what drew it and how it ended', async () => {
    const { verdict, reasons, host, path, draw, drawReason, gl, judged, firstFlip, bytesCopiedPerFrame } =
      await passing(...['--draw', 'gl', '--pattern', 'counter', '--load', '20']);
    assert.deepEqual([verdict, reasons, host], ['pass', [], allExact(3)]);
    assert.deepEqual([path, draw, drawReason, bytesCopiedPerFrame], ['import', 'gl', null, 0]);
    assert.ok(gl !== null);
    assert.match(gl.renderer, /llvmpipe/);
    assert.equal(gl.fence, gl.nativeFence ? 'native' : 'finish');
    assert.equal(gl.realTime, true, 'root may have a real-time thread');
    assert.ok(judged.what.includes('captures'), judged.what.join());
    const { drawMs, renderFenceMs, queueMs, glStallMs, loadMs, gpuMs } = gl;
    for (const value of [drawMs?.p50, renderFenceMs?.p50, queueMs?.p50, glStallMs?.p50, loadMs, gpuMs, firstFlip?.glMs])
      assert.ok(typeof value === 'number' && value > 0, JSON.stringify(gl));
  });

  for (const pattern of ['smpte', 'cube', 'plasma', 'latency'])
    it(`shows ${pattern} with whole bar codes, in their order`, async () => {
      const { reasons, host, draw, judged } = await passing('--pattern', pattern);
      assert.deepEqual([reasons, host, draw], [[], allExact(3), 'gl']);
      assert.ok(judged.what.includes('codes') && !judged.what.includes('captures'), judged.what.join());
    });

  it('sees frames that are handed over without a fence', async () => {
    const seen = await measured(
      () => runWith<RunResult>(10, '--pattern', 'counter', '--load', '60', '--fence', 'none'),
      ({ host }) => (host?.exact ?? 0) < 10, // a capture may come when the frame happens to be done
    );
    assert.deepEqual([seen.verdict, seen.gl?.fence], ['fail', 'none']);
    assert.ok(seen.host !== null && seen.host.exact < 10 && seen.host.unreadable === 0, JSON.stringify(seen.host));
    assert.ok(
      seen.reasons.some((reason) => /differ from what was drawn|torn/.test(reason)),
      seen.reasons.join(),
    );
  });

  it('waits with finish, and with native where the driver has it', async () => {
    const finish = await passing(...['--pattern', 'counter', '--load', '30', '--fence', 'finish']);
    assert.deepEqual([finish.reasons, finish.host, finish.gl?.fence], [[], allExact(3), 'finish']);
    const native = await run<RunResult & Partial<Failed>>(...['--pattern', 'counter', '--fence', 'native']);
    if (finish.gl?.nativeFence === true) assert.deepEqual([native.reasons, native.gl?.fence], [[], 'native']);
    else {
      assert.equal(native.error?.code, 'ERR_UNSUPPORTED');
      assert.match(native.error.advice ?? '', /the fence `finish`/);
    }
  });

  it('says that the driver puts no fence on a dma-buf', async () => {
    const { verdict, reasons, gl, judged } = await run(
      ...['--pattern', 'counter', '--load', '30', '--fence', 'implicit'],
    );
    assert.deepEqual([verdict, gl?.implicitFence], ['fail', false]);
    assert.ok(
      reasons.some((reason) => reason.includes('puts no fence on a dma-buf')),
      reasons.join(),
    );
    assert.ok(judged.what.includes('fence'));
  });

  it('with auto lets the CPU draw where GL is software itself, and says so', async () => {
    const { host, draw, drawReason, gl } = await run('--draw', 'auto');
    assert.deepEqual([host, draw, gl], [allExact(3), 'cpu', null]);
    assert.match(drawReason ?? '', /llvmpipe/);
  });

  it('goes on drawing when a lost display is back', async () => {
    const driver = '/sys/bus/virtio/drivers/virtio_gpu';
    const shell = async (script: string) => (await lab.run(['timeout', '60', 'sh', '-c', script])).stdout.trim();
    const name = await shell(`basename $(readlink -f ${driver}/virtio*)`);
    const words = ['--draw', 'gl', '--pattern', 'counter', '--reopen'];
    const { job, ended } = await startRun(lab, words, { GUESTHEAD_CAPTURES: '2' });
    await shell(`echo ${name} > ${driver}/unbind`);
    await shell(`echo ${name} > ${driver}/bind`);
    await untilFlipping(lab, '320x240');
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual([result.host, result.draw], [allExact(2), 'gl']);
    assert.ok(
      result.faults.some(({ code }) => code === 'ERR_DEVICE_LOST'),
      JSON.stringify(result.faults),
    );
  });

  it('draws on the copy path', async () => {
    const { reasons, host, path } = await passing('--draw', 'gl', '--pattern', 'counter', '--path', 'copy');
    assert.deepEqual([reasons, host, path], [[], allExact(3), 'copy']);
  });

  for (const path of ['udmabuf', 'export'])
    it(`says why this renderer cannot draw on the ${path} path`, async () => {
      const { error } = await run<Failed>('--draw', 'gl', '--path', path);
      assert.equal(error.code, 'ERR_UNSUPPORTED');
      assert.match(error.advice ?? '', /the path import or copy/);
    });
});

describe('run --draw gl where the host refuses foreign buffers', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ size, blob: false });
  });
  after(async () => {
    await lab.close();
  });

  it('with --path auto takes the one that is left, and says why the others were refused', async () => {
    const words = ['run', '--json', '--frames', '20', '--draw', 'gl', '--pattern', 'counter', '--path', 'auto'];
    const result = await measured(
      async () => lastJson<RunResult>(await guesthead(lab, words, { GUESTHEAD_CAPTURES: '2' })),
      ({ verdict }) => verdict === 'pass',
    );
    assert.deepEqual([result.reasons, result.host, result.path], [[], allExact(2), 'copy']);
    assert.deepEqual(
      result.refused.map(({ path, code }) => [path, code]),
      [
        ['import', 'ERR_IMPORT_REFUSED'],
        ['udmabuf', 'ERR_UNSUPPORTED'],
        ['export', 'ERR_UNSUPPORTED'],
      ],
    );
  });
});
