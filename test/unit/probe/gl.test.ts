import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, LINEAR } from '../../../src/ffi/index.js';
import { runChild, type ChildRun } from '../../../src/probe/gl/run-child.js';
import { countWrong } from '../../../src/probe/gl/test-picture.js';
import { parseTold, type Told, type ToldFailure } from '../../../src/probe/gl/told.js';
import { tryGl, tryGlFlip, untriedGl } from '../../../src/probe/gl/trial.js';
import type { Check } from '../../../src/probe/index.js';
import { checkOf, statuses, validReport } from '../../support/probe-schema.js';
import { brokenRun, drawnRun, llvmpipe, llvmpipeFences, type Changes } from './drawn-runs.js';
import { gpu, probeOf, virtio } from './machines.js';

const devices = {
  render: { device: gpu('xe'), node: '/dev/dri/renderD129' },
  display: { device: virtio, node: '/dev/dri/card0' },
};
const shown = [new Map([[format.XRGB8888, [LINEAR]]])];

async function drawn(run: ChildRun, planes = shown) {
  const { driver, trials, facts, implicit } = await tryGl(devices, planes, () => Promise.resolve(run));
  return { checks: [...driver, ...trials], facts, implicit };
}

function found(checks: readonly Check[], id: string): Check {
  return (
    checks.find((check) => check.id === id) ?? assert.fail(`no ${id} in ${checks.map((check) => check.id).join()}`)
  );
}

const driverFailing = (failure: ToldFailure): ChildRun => ({
  told: [{ step: 'driver', failure }],
  fault: undefined,
  complaint: undefined,
});

describe('GL in a probe', () => {
  it('of a good GPU is all well, with what it shares with the display', async () => {
    const { checks, facts, implicit } = await drawn(drawnRun());
    assert.deepEqual(
      checks.map(({ id, status }) => `${id} ${status}`),
      ['gl.driver', 'gl.fence', 'gl.import', 'gl.formats', 'gl.robustness', 'trials.draw', 'trials.fences'].map(
        (id) => `${id} ok`,
      ),
    );
    assert.match(found(checks, 'gl.driver').found, /^Mesa Intel.*OpenGL ES 3\.2.*EGL 1\.5 on gbm/);
    assert.match(found(checks, 'gl.formats').found, /: XRGB8888$/);
    assert.match(found(checks, 'trials.fences').found, /pending when it came.*i915’s is pending on the dma-buf/);
    assert.deepEqual([facts?.node, facts?.implicitFence, facts?.formats], ['/dev/dri/renderD129', true, ['XRGB8888']]);
    assert.equal(implicit, 'pending');
  });

  it('of llvmpipe says that there is neither a native fence nor one on the dma-buf', async () => {
    const { checks, facts } = await drawn(drawnRun({ driver: llvmpipe, fences: llvmpipeFences }));
    assert.equal(found(checks, 'gl.fence').status, 'no');
    assert.match(found(checks, 'gl.fence').found, /waits for the driver’s finish/);
    const fences = found(checks, 'trials.fences');
    assert.equal(fences.status, 'no');
    assert.match(fences.found, /native fence: none; implicit fence: none on the dma-buf, while the GPU drew on for 61/);
    assert.match(fences.advice ?? '', /glFinish/);
    assert.equal(facts?.implicitFence, false);
  });

  it('has a line of its own for each thing that is missing', async () => {
    const cases: readonly (readonly [Changes, string, string, RegExp])[] = [
      [{ driver: { dmabufImport: false, dmabufModifiers: false } }, 'gl.import', 'no', /EGL_EXT_image_dma_buf_import/],
      [{ driver: { dmabufModifiers: false } }, 'gl.import', 'ok', /without modifiers/],
      [{ driver: { formats: [] } }, 'gl.formats', 'unknown', /does not tell/],
      [{ driver: { formats: [{ fourcc: format.ARGB8888, modifiers: ['0'] }] } }, 'gl.formats', 'no', /nothing that/],
      [{ driver: { robust: false } }, 'gl.robustness', 'no', /stands still, or is black/],
      [{ draw: { wrongPixels: 7 } }, 'trials.draw', 'no', /^7 of 65536 pixels are not/],
      [{ fences: { native: 'signalled' } }, 'trials.fences', 'ok', /the driver waits in the call/],
    ];
    for (const [changes, id, status, pattern] of cases) {
      const check = found((await drawn(drawnRun(changes))).checks, id);
      assert.equal(check.status, status, id);
      assert.match(check.found, pattern);
      if (status === 'no') assert.ok(check.advice, `${id} has no advice`);
    }
  });

  it('passes on why the driver cannot be had: no EGL, no GLES, a closed node', async () => {
    for (const code of ['ERR_LIBRARY_MISSING', 'ERR_UNSUPPORTED', 'ERR_PERMISSION'] as const) {
      const run = driverFailing({
        code,
        message: 'it is missing',
        advice: code === 'ERR_UNSUPPORTED' ? null : 'get it',
      });
      const { checks, facts } = await drawn(run);
      const check = found(checks, 'gl.driver');
      assert.deepEqual([check.status, check.code, facts], ['no', code, null]);
      assert.match(check.advice ?? '', code === 'ERR_UNSUPPORTED' ? /draw with the CPU/ : /^get it$/);
      assert.equal(found(checks, 'trials.draw').found, 'not tried: driver failed');
    }
  });

  it('outlives a driver that crashes or hangs, whose step it names', async () => {
    const crash = { fault: 'killed by SIGSEGV', complaint: 'vgem: no driver' };
    const atOpening = await drawn(brokenRun(drawnRun(), 'driver', crash));
    assert.match(found(atOpening.checks, 'gl.driver').found, /SIGSEGV; its last words: vgem: no driver$/);
    const atDrawing = await drawn(brokenRun(drawnRun(), 'draw', { fault: 'given up after 40 s' }));
    assert.deepEqual(
      ['gl.driver', 'trials.draw', 'trials.fences'].map((id) => found(atDrawing.checks, id).status),
      ['ok', 'no', 'unknown'],
    );
    assert.match(found(atDrawing.checks, 'trials.draw').found, /given up after 40 s/);
    assert.ok(atDrawing.facts, 'what was told before stays told');
    assert.equal(atDrawing.implicit, undefined);
  });

  it('without devices asks nobody', () => {
    const { driver, facts } = untriedGl('left out');
    assert.deepEqual([driver.map(({ status }) => status), facts], [['unknown'], null]);
  });
});

describe('the display, asked whether it waits for a fence on a frame’s dma-buf', () => {
  async function waited(changes: Changes['wait']): Promise<Check> {
    const gl = await tryGl(devices, shown, () => Promise.resolve(drawnRun()));
    const run = drawnRun(changes === undefined ? {} : { wait: changes }, 'show');
    return found(await tryGlFlip(devices, gl, () => Promise.resolve(run)), 'trials.implicit');
  }

  it('waits where the flip comes after the fence', async () => {
    const check = await waited({});
    assert.equal(check.status, 'ok');
    assert.match(
      check.found,
      /^the display waits: i915’s own fence.*62\.0 ms after the hand-over; the flip came 4\.0 ms/,
    );
    assert.equal((await waited({ flippedAfterMs: -3 })).status, 'ok', 'the vblank’s own time is told a little early');
  });

  it('does not where the flip comes before', async () => {
    const check = await waited({ flippedAfterMs: -50 });
    assert.equal(check.status, 'no');
    assert.match(check.found, /does not wait.*the flip came 50\.0 ms before it/);
    assert.match(check.advice ?? '', /6\.16/);
    assert.equal((await waited({ flippedAfterMs: NaN })).status, 'no', 'a fence that never signalled');
  });

  it('names the stand-in, and says where there is nothing to wait for', async () => {
    assert.match((await waited({ by: 'vgem' })).found, /vgem, which stands in for a GPU’s own/);
    const none = await waited({ by: null });
    assert.equal(none.status, 'unknown');
    assert.match(none.advice ?? '', /--render vgem/);
  });

  it('is not asked where nothing could be drawn, or nothing was shown', async () => {
    const failed = await tryGl(devices, shown, () => Promise.resolve(brokenRun(drawnRun(), 'draw', {})));
    const never = () => assert.fail('a child was started');
    assert.deepEqual(
      (await tryGlFlip(devices, failed, never)).map(({ id, status }) => [id, status]),
      [['trials.gl-flip', 'unknown']],
    );
    const gl = await tryGl(devices, shown, () => Promise.resolve(drawnRun()));
    const refused: Told = { step: 'show', failure: { code: 'ERR_NOT_MASTER', message: 'held', advice: null } };
    const checks = await tryGlFlip(devices, gl, () =>
      Promise.resolve({ told: [refused], fault: undefined, complaint: undefined }),
    );
    assert.deepEqual(
      checks.map(({ status }) => status),
      ['unknown', 'unknown'],
    );
  });
});

describe('a probe’s report', () => {
  it('has the GPU’s driver in it, and with --flip what the display waits for', async () => {
    const report = validReport(await probeOf({}));
    assert.equal(report.gl?.renderer, 'Mesa Intel(R) Graphics (ADL GT2)');
    assert.equal(checkOf(report, 'gl.driver').device, '/dev/dri/renderD129');
    const flip = { check: { ...checkOf(report, 'trials.draw'), id: 'trials.flip' }, path: 'import' as const };
    const glFlip = () =>
      tryGlFlip(devices, { ...untriedGl('left out'), implicit: 'pending' }, () =>
        Promise.resolve(drawnRun({}, 'show')),
      );
    const flipped = validReport(
      await probeOf({ sources: { flip: () => Promise.resolve(flip), glFlip } }, { flip: true }),
    );
    assert.deepEqual([statuses(flipped)['trials.gl-flip'], statuses(flipped)['trials.implicit']], ['ok', 'ok']);
    assert.equal(validReport(await probeOf({ devices: [virtio] })).gl, null);
    const never = () => assert.fail('GL was tried');
    const sources = { flip: () => Promise.resolve(flip), gl: never, glFlip: never };
    const skipped = validReport(await probeOf({ sources }, { flip: true, gl: 'skip' }));
    assert.deepEqual([skipped.gl, statuses(skipped)['gl.driver']], [null, 'unknown']);
  });
});

describe('the process that draws for a probe', () => {
  const node = (script: string, timeoutMs = 20_000) =>
    runChild([], { command: [process.execPath, '-e', script], timeoutMs });
  const line = JSON.stringify({ step: 'draw', value: {} });

  it('tells by lines, and a driver’s own words between them do no harm', async () => {
    const text = `Mesa: warning\nnull\n{"step":"none"}\n${line}\n{"step"`;
    assert.deepEqual(
      parseTold(text).map(({ step }) => step),
      ['draw'],
    );
    const run = await node(`console.log('x'); console.log(${JSON.stringify(line)}); console.error('one\\ntwo')`);
    assert.deepEqual([run.told.length, run.fault, run.complaint], [1, undefined, 'two']);
  });

  it('may crash, fail, be missing, or never end', async () => {
    const crashed = await node(
      `require('fs').writeSync(1, ${JSON.stringify(`${line}\n`)}); process.kill(process.pid, 'SIGSEGV')`,
    );
    assert.deepEqual([crashed.told.length, crashed.fault], [1, 'killed by SIGSEGV']);
    assert.equal((await node('process.exit(3)')).fault, 'ended with status 3');
    assert.match((await runChild([], { command: ['/no/such/program'], timeoutMs: 1000 })).fault ?? '', /ENOENT/);
    const hung = await node(`process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)`, 500);
    assert.equal(hung.fault, 'given up after 0.5 s');
    const deaf = await node(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`, 500);
    assert.equal(deaf.fault, 'given up after 0.5 s');
  });

  it('as it was built says why it cannot draw', async () => {
    const run = await runChild(['draw', '/dev/dri/no-such-node']);
    const [told] = run.told;
    assert.equal(run.fault, undefined);
    assert.ok(told !== undefined && 'failure' in told, run.complaint);
    assert.deepEqual([told.step, told.failure.code], ['driver', 'ERR_NO_DEVICE']);
  });
});

describe('the picture that is drawn for a probe', () => {
  it('is wrong in each pixel that is another, turned over or shifted', () => {
    const [width, stride] = [4, 6];
    const right = [0xff3300, 0xff3300, 0x00ff66, 0x00ff66];
    const below = [0xffcc00, 0xffcc00, 0x3366ff, 0x3366ff];
    const rows = (lines: readonly (readonly number[])[]) =>
      Uint32Array.from(lines.flatMap((line) => [...line.map((pixel) => pixel + 0xff000000), 0, 0]));
    assert.equal(countWrong(rows([right, right, below, below]), stride, width, width), 0);
    assert.equal(countWrong(rows([below, below, right, right]), stride, width, width), 16);
    assert.equal(countWrong(rows([right, right, right, below]), stride, width, width), 4);
  });
});
