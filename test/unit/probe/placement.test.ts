import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPlacement, parseSharedMemory } from '../../../src/probe/placement.js';
import { filesOf, gpu, intel, virtio, zen } from './machines.js';

const flat = {
  '/sys/bus/pci/devices/0000:00:02.0': '/sys/devices/pci0000:00/0000:00:02.0',
  '/sys/bus/pci/devices/0000:00:05.0': '/sys/devices/pci0000:00/0000:00:05.0',
};
const switched = {
  '/sys/bus/pci/devices/0000:00:02.0': '/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:00:02.0',
  '/sys/bus/pci/devices/0000:00:05.0': '/sys/devices/pci0000:00/0000:00:01.0/0000:01:01.0/0000:00:05.0',
};

function place(
  driver: string,
  cpuinfo: string,
  links: Record<string, string> = flat,
  shared = new Map<string, number>(),
) {
  return checkPlacement(gpu(driver), virtio, filesOf({ '/proc/cpuinfo': cpuinfo }, {}, links), shared);
}

describe('where the GPU keeps an imported buffer', () => {
  for (const driver of ['xe', 'amdgpu'])
    it(`${driver} moves it to system memory unless the kernel sees a way from one device to the other`, () => {
      assert.equal(place(driver, intel).status, 'ok');
      assert.equal(place(driver, zen.replace('25', '22')).status, 'ok', 'before Zen');
      const onZen = place(driver, zen);
      assert.equal(onZen.status, 'unknown');
      assert.match(onZen.found, /VRAM.*Zen/);
      assert.match(onZen.advice ?? '', /system memory/);
      assert.match(place(driver, intel, switched).found, /one PCIe switch/);
    });

  it('i915 and vgem lend system memory anywhere', () => {
    assert.equal(place('i915', zen).status, 'ok');
    assert.equal(place('vgem', zen, switched).status, 'ok');
  });

  it('is best told by the driver itself', () => {
    const inVram = place('xe', intel, flat, new Map([['vram0', 4096]]));
    assert.equal(inVram.status, 'no');
    assert.match(inVram.found, /vram0/);
    const inSystem = place('amdgpu', zen, flat, new Map([['gtt', 4096]]));
    assert.deepEqual([inSystem.status, inSystem.found], ['ok', 'amdgpu has the imported buffer in gtt']);
  });

  it('is read from the open file’s own account', () => {
    const fdinfo =
      'pos:\t0\ndrm-driver:\txe\ndrm-total-vram0:\t16384 KiB\ndrm-shared-vram0:\t8100 KiB\ndrm-shared-gtt:\t0\ndrm-shared-system:\t2 MiB\n';
    assert.deepEqual(
      [...parseSharedMemory(fdinfo)],
      [
        ['vram0', 8100 * 1024],
        ['system', 2 * 2 ** 20],
      ],
    );
    assert.equal(parseSharedMemory('pos:\t0\nflags:\t02\n').size, 0);
  });
});
