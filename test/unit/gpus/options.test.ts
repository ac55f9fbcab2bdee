import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGpuOptions, type GpuOptions } from '../../../src/gpus/options.js';
import { openGpus } from '../../../src/head/index.js';
import { parseHeadOptions } from '../../../src/head/options.js';
import { systemKernel } from '../../../src/device/index.js';
import { FakeKernel } from '../../../src/testing/index.js';

/** What a program without types may pass. */
function refused(options: Record<string, unknown>, advice: RegExp, message = /./): void {
  assert.throws(() => parseHeadOptions(options), { code: 'ERR_USAGE', advice, message });
}

describe('the options of a head', () => {
  it('have defaults that show every frame in its turn', () => {
    assert.deepEqual(parseHeadOptions({}), {
      connector: undefined,
      mode: undefined,
      path: 'auto',
      source: 'cpu',
      buffers: 4,
      allocation: 'ahead',
      update: 'flip',
      presentMode: 'fifo',
      deadline: false,
      onResize: 'follow',
      onDrawError: 'end',
      flipTimeoutMs: 2000,
    });
  });

  it('that name no valid choice are refused with all there are', () => {
    refused({ path: 'vram' }, /^valid choices: auto, import, udmabuf, export, copy$/, /'vram' is not a buffer path/);
    refused({ source: 'tpu' }, /^valid choices: cpu, gpu$/, /'tpu'/);
    refused({ update: 'blit' }, /^valid choices: flip, dirtyfb$/, /'blit'/);
    refused({ allocation: 'never' }, /^valid choices: ahead, on-demand$/, /'never'/);
    refused({ presentMode: 'immediate' }, /^valid choices: fifo, mailbox$/, /'immediate'/);
    refused({ onResize: 'crash' }, /^valid choices: follow, keep, stop$/, /'crash'/);
    refused({ onDrawError: 'ignore' }, /^valid choices: end, skip$/, /'ignore'/);
  });

  it('refuse a number of buffers that no swapchain has', () => {
    for (const buffers of [0, 1, 17, 2.5, -4, NaN, Infinity, '4'])
      refused({ buffers }, /choose 2 to 16; 4 is the default/);
    for (const buffers of [2, 16]) assert.equal(parseHeadOptions({ buffers }).buffers, buffers);
  });

  it('refuse a time that no timer can keep', () => {
    for (const flipTimeoutMs of [0, -1, NaN, Infinity, 2 ** 33, '2000'])
      refused({ flipTimeoutMs }, /milliseconds.*2000 is the default/, /is not a time/);
    assert.equal(parseHeadOptions({ flipTimeoutMs: 0.5 }).flipTimeoutMs, 0.5);
  });

  it('refuse a mode that is none', () => {
    refused({ mode: 'big' }, /WIDTHxHEIGHT/);
  });

  it('keep a mode that was asked for, unless told otherwise', () => {
    assert.equal(parseHeadOptions({ mode: '640x480' }).onResize, 'keep');
    assert.equal(parseHeadOptions({ mode: '640x480', onResize: 'stop' }).onResize, 'stop');
    const { mode } = parseHeadOptions({ mode: '640x480@60' });
    assert.deepEqual(mode, { width: 640, height: 480, interlaced: false, refreshHz: 60 });
  });

  it('flush a buffer of the display only', () => {
    assert.equal(parseHeadOptions({ update: 'dirtyfb' }).path, 'export');
    assert.equal(parseHeadOptions({ update: 'dirtyfb', path: 'export' }).path, 'export');
    for (const path of ['auto', 'import', 'udmabuf', 'copy'] as const)
      refused({ update: 'dirtyfb', path }, /use the path export/);
  });
});

describe('the options of a display', () => {
  it('choose both devices, wait for nobody and come back by themselves only where asked', () => {
    const { render, display, wait, reopen } = parseGpuOptions({});
    assert.deepEqual([render, display, wait, reopen], ['auto', 'auto', false, false]);
    const asked = parseGpuOptions({ render: 'i915', display: '/dev/dri/card1', wait: true, reopen: true });
    assert.deepEqual([asked.render, asked.display, asked.wait, asked.reopen], ['i915', '/dev/dri/card1', true, true]);
  });

  it('take what stands in for the kernel, and whom to tell of the waiting', () => {
    const kernel = { ...systemKernel, kernel: new FakeKernel() };
    const onWait = () => undefined;
    const parsed = parseGpuOptions({ kernel, onWait });
    assert.equal(parsed.kernel, kernel);
    assert.equal(parseGpuOptions({}).kernel, systemKernel);
    assert.equal(parsed.onWait, onWait);
  });

  it('refuse a signal that is none', () => {
    const { signal } = new AbortController();
    assert.equal(parseGpuOptions({ signal }).signal, signal);
    const options: Record<string, unknown> = { signal: new AbortController() };
    assert.throws(() => parseGpuOptions(options), { code: 'ERR_USAGE', message: /no AbortSignal/ });
  });
});

describe('descriptors in place of devices', () => {
  const refuse = (options: GpuOptions, message: RegExp) =>
    assert.throws(() => parseGpuOptions(options), { code: 'ERR_USAGE', message });

  it('are whole numbers from 0', () => {
    assert.equal(parseGpuOptions({ displayFd: 0, renderFd: 4 }).displayFd, 0);
    for (const fd of [-1, 1.5, NaN]) refuse({ displayFd: fd }, /`displayFd` is no descriptor/);
    refuse({ renderFd: '3' as unknown as number }, /`renderFd` is no descriptor/);
  });

  it('do not go with what would choose, wait for or open a device', () => {
    refuse({ displayFd: 3, display: 'auto' }, /`displayFd` does not go with `display`/);
    refuse({ displayFd: 3, wait: true }, /`displayFd` does not go with `wait`/);
    refuse({ displayFd: 3, reopen: true }, /`displayFd` does not go with `reopen`/);
    refuse({ renderFd: 3, render: 'xe' }, /`renderFd` does not go with `render`/);
    refuse({ renderFd: 3, reopen: true }, /`renderFd` does not go with `reopen`/);
    parseGpuOptions({ displayFd: 3, render: 'xe', wait: false, reopen: false });
  });

  it('must be of DRM nodes', async () => {
    await assert.rejects(openGpus({ displayFd: 987_654, kernel: new FakeKernel() }), {
      code: 'ERR_NOT_DRM',
      message: /`displayFd` 987654 is not of a DRM node/,
    });
  });
});
