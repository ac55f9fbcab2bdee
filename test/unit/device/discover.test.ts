import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { discover, selectDisplay, selectRender, type DrmDevice, type Roots } from '../../../src/device/index.js';

const root = mkdtempSync(join(tmpdir(), 'guesthead-sys-'));
after(() => {
  rmSync(root, { recursive: true });
});

/** A sysfs tree with one device at `place` and its nodes. */
function addDevice(sys: string, place: string, nodes: readonly string[]): void {
  mkdirSync(join(sys, place), { recursive: true });
  for (const node of nodes) {
    const entry = join(sys, 'class/drm', node);
    mkdirSync(entry, { recursive: true });
    symlinkSync(join(sys, place), join(entry, 'device'));
  }
}

function rootsWith(name: string, drivers: Record<string, string>): Roots {
  const sys = join(root, name);
  return { sys, dev: '/nowhere', driverOf: (node) => drivers[node.slice('/nowhere/dri/'.length)] };
}

describe('discovery', () => {
  it('finds nothing on a machine without DRM', () => {
    assert.deepEqual(discover(rootsWith('none', {})), []);
  });

  it('groups nodes by device, reads the PCI address through the virtio bus, and asks the node for its driver', () => {
    const roots = rootsWith('pair', {
      card0: 'virtio_gpu',
      renderD128: 'virtio_gpu',
      card1: 'vgem',
      renderD129: 'vgem',
    });
    addDevice(roots.sys, 'devices/pci0000:00/0000:00:02.0/virtio1', ['card0', 'renderD128']);
    addDevice(roots.sys, 'devices/platform/vgem', ['card1', 'renderD129']);
    mkdirSync(join(roots.sys, 'class/drm/card0-Virtual-1'));
    writeFileSync(join(roots.sys, 'class/drm/version'), 'drm 1.1.0\n');
    assert.deepEqual(discover(roots), [
      { driver: 'virtio_gpu', pci: '0000:00:02.0', primary: '/nowhere/dri/card0', render: '/nowhere/dri/renderD128' },
      { driver: 'vgem', pci: undefined, primary: '/nowhere/dri/card1', render: '/nowhere/dri/renderD129' },
    ]);
  });

  it('falls back to the bound driver where the node may not be opened', () => {
    const roots = rootsWith('closed', {});
    addDevice(roots.sys, 'devices/pci0000:00/0000:00:05.0', ['renderD128']);
    mkdirSync(join(roots.sys, 'bus/pci/drivers/xe'), { recursive: true });
    symlinkSync(join(roots.sys, 'bus/pci/drivers/xe'), join(roots.sys, 'devices/pci0000:00/0000:00:05.0/driver'));
    addDevice(roots.sys, 'devices/pci0000:00/0000:00:02.0/virtio3', ['card1']);
    mkdirSync(join(roots.sys, 'bus/virtio/drivers/virtio_gpu'), { recursive: true });
    symlinkSync(
      join(roots.sys, 'bus/virtio/drivers/virtio_gpu'),
      join(roots.sys, 'devices/pci0000:00/0000:00:02.0/virtio3/driver'),
    );
    assert.deepEqual(discover(roots), [
      { driver: 'virtio_gpu', pci: '0000:00:02.0', primary: '/nowhere/dri/card1', render: undefined },
      { driver: 'xe', pci: '0000:00:05.0', primary: undefined, render: '/nowhere/dri/renderD128' },
    ]);
  });
});

const virtio: DrmDevice = {
  driver: 'virtio_gpu',
  pci: '0000:00:02.0',
  primary: '/dev/dri/card1',
  render: '/dev/dri/renderD129',
};
const xe: DrmDevice = { driver: 'xe', pci: '0000:00:05.0', primary: '/dev/dri/card0', render: '/dev/dri/renderD128' };
const vgem: DrmDevice = { driver: 'vgem', pci: undefined, primary: '/dev/dri/card2', render: '/dev/dri/renderD130' };

describe('selection', () => {
  it('takes virtio-gpu to show and a real GPU before vgem to render, whatever their order', () => {
    for (const devices of [
      [virtio, vgem, xe],
      [xe, virtio, vgem],
      [vgem, xe, virtio],
    ]) {
      assert.deepEqual(selectDisplay(devices, 'auto'), { device: virtio, node: '/dev/dri/card1' });
      assert.deepEqual(selectRender(devices, 'auto', virtio), { device: xe, node: '/dev/dri/renderD128' });
    }
  });

  it('opens vgem on its primary node, where dumb allocation is allowed', () => {
    assert.equal(selectRender([virtio, vgem], 'auto', virtio).node, '/dev/dri/card2');
  });

  it('takes a driver with either spelling, or a PCI address with or without its domain', () => {
    const devices = [xe, virtio];
    assert.equal(selectDisplay(devices, 'virtio-gpu').node, '/dev/dri/card1');
    assert.equal(selectRender(devices, '00:05.0', virtio).node, '/dev/dri/renderD128');
    assert.equal(selectRender(devices, '0000:00:05.0', virtio).node, '/dev/dri/renderD128');
  });

  it('takes a node through a link, and opens that node', () => {
    const folder = mkdtempSync(join(root, 'dev-'));
    const node = join(folder, 'renderD7');
    writeFileSync(node, '');
    mkdirSync(join(folder, 'by-path'));
    symlinkSync(node, join(folder, 'by-path/gpu'));
    const gpu: DrmDevice = { ...xe, render: node };
    assert.deepEqual(selectRender([virtio, gpu], join(folder, 'by-path/gpu'), virtio), { device: gpu, node });
    assert.equal(dirname(node), folder);
  });

  it('says what was looked for, what was found, and that the lab shows it', () => {
    assert.throws(
      () => selectDisplay([], 'auto'),
      (error: { code: string; message: string; advice: string }) =>
        error.code === 'ERR_NO_DEVICE' &&
        error.message.includes('looked for a virtio-gpu') &&
        error.message.includes('found no DRM device') &&
        error.advice.includes('npm start'),
    );
    assert.throws(
      () => selectRender([virtio, xe], 'radeon', virtio),
      (error: { message: string; advice: string }) =>
        error.message.includes("'radeon'") &&
        error.advice.includes('xe') &&
        error.advice.includes('/dev/dri/renderD128'),
    );
  });

  it('tells a file that is no DRM node from one that is not there', () => {
    assert.throws(() => selectDisplay([virtio], '/dev/null'), { code: 'ERR_NOT_DRM' });
    assert.throws(() => selectDisplay([virtio], '/dev/dri/card77'), { code: 'ERR_NO_DEVICE' });
  });
});
