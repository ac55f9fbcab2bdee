import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { describeGpu, describeRender, deviceNumberOf } from '../../../src/gpus/gpu-device.js';

const found = { pci: '0000:00:02.0' };
const nodeOn = (fd: number) => ({ fd, path: '/dev/null', driver: 'vgem' });

describe('a device’s number', () => {
  it('is split as makedev joined it', () => {
    assert.deepEqual(deviceNumberOf(0xe280n), { major: 226, minor: 128, value: 0xe280n });
    // makedev(0x12345678, 0x9abcdef0)
    assert.deepEqual(deviceNumberOf(0x123459abcde678f0n), {
      major: 0x12345678,
      minor: 0x9abcdef0,
      value: 0x123459abcde678f0n,
    });
  });
});

describe('one of the GPUs', () => {
  it('is told by its node, driver and number', () => {
    const fd = openSync('/dev/null', 'r+');
    try {
      const devT = { major: 1, minor: 3, value: 0x103n };
      assert.deepEqual(describeGpu({ found, node: nodeOn(fd) }), { path: '/dev/null', driver: 'vgem', ...found, devT });
    } finally {
      closeSync(fd);
    }
  });

  it('is opened anew for the caller, whose descriptor outlives ours', () => {
    const fd = openSync('/dev/null', 'r+');
    const render = describeRender({ found, node: nodeOn(fd) });
    const [one, other] = [render.open(), render.open()];
    closeSync(fd);
    assert.equal(new Set([fd, one, other]).size, 3);
    assert.equal(fstatSync(one, { bigint: true }).rdev, 0x103n);
    for (const descriptor of [one, other]) closeSync(descriptor);
  });

  it('that is gone cannot be opened', () => {
    const fd = openSync('/dev/null', 'r+');
    const render = describeRender({ found, node: nodeOn(fd) });
    closeSync(fd);
    assert.throws(
      () => render.open(),
      (error) => error instanceof GuestheadError && error.code === 'ERR_DEVICE_LOST' && error.device === '/dev/null',
    );
  });
});
