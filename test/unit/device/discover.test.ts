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

/** A device at `place` with its nodes, bound to a driver or not. */
interface Made {
  readonly place: string;
  readonly nodes: readonly string[];
  readonly driver?: string;
}

/** A sysfs tree. Its nodes are nowhere: who tried to open one would learn nothing of it. */
function rootsWith(name: string, ...devices: readonly Made[]): Roots {
  const sys = join(root, name);
  for (const { place, nodes, driver } of devices) {
    mkdirSync(join(sys, place), { recursive: true });
    if (driver !== undefined) bind(sys, place, driver);
    for (const node of nodes) {
      const entry = join(sys, 'class/drm', node);
      mkdirSync(entry, { recursive: true });
      symlinkSync(join(sys, place), join(entry, 'device'));
    }
  }
  return { sys, dev: '/nowhere' };
}

function bind(sys: string, place: string, driver: string): void {
  const folder = join(sys, 'bus/any/drivers', driver);
  mkdirSync(folder, { recursive: true });
  symlinkSync(folder, join(sys, place, 'driver'));
}

const drivers = (roots: Roots) => discover(roots).map(({ driver }) => driver);

describe('discovery', () => {
  it('finds nothing on a machine without DRM', () => {
    assert.deepEqual(discover(rootsWith('none')), []);
  });

  it('groups nodes by device, and reads the PCI address through the virtio bus', () => {
    const roots = rootsWith(
      'pair',
      {
        place: 'devices/pci0000:00/0000:00:02.0/virtio1',
        nodes: ['card0', 'renderD128'],
        driver: 'virtio_gpu',
      },
      { place: 'devices/faux/vgem', nodes: ['card1', 'renderD129'], driver: 'faux_driver' },
      { place: 'devices/pci0000:00/0000:00:05.0', nodes: ['renderD130'], driver: 'xe' },
    );
    mkdirSync(join(roots.sys, 'class/drm/card0-Virtual-1'));
    writeFileSync(join(roots.sys, 'class/drm/version'), 'drm 1.1.0\n');
    assert.deepEqual(discover(roots), [
      { driver: 'virtio_gpu', pci: '0000:00:02.0', primary: '/nowhere/dri/card0', render: '/nowhere/dri/renderD128' },
      { driver: 'vgem', pci: undefined, primary: '/nowhere/dri/card1', render: '/nowhere/dri/renderD129' },
      { driver: 'xe', pci: '0000:00:05.0', primary: undefined, render: '/nowhere/dri/renderD130' },
    ]);
  });

  it('finds the driver of a virtio device a level below where the nodes belong to the PCI function', () => {
    const place = 'devices/pci0000:00/0000:00:02.0';
    const roots = rootsWith(
      'below',
      { place, nodes: ['card0'], driver: 'virtio-pci' },
      { place: `${place}/virtio3`, nodes: [], driver: 'virtio_gpu' },
      { place: 'devices/pci0000:00/0000:00:03.0', nodes: ['card1'], driver: 'virtio-pci' },
    );
    assert.deepEqual(drivers(roots), ['virtio_gpu', 'virtio-pci']);
  });

  it('tells whether something is plugged into a display, as the kernel found it last', () => {
    const roots = rootsWith(
      'connected',
      { place: 'devices/pci0000:00/0000:00:02.0', nodes: ['card0'], driver: 'virtio_gpu' },
      { place: 'devices/pci0000:00/0000:00:03.0', nodes: ['card1', 'renderD128'], driver: 'virtio_gpu' },
      { place: 'devices/pci0000:00/0000:00:04.0', nodes: ['renderD129'], driver: 'xe' },
    );
    const statuses = {
      'card0-Virtual-1': 'disconnected',
      'card1-Virtual-2': 'disconnected',
      'card1-Virtual-3': 'connected',
    };
    for (const [name, status] of Object.entries(statuses)) {
      const folder = join(roots.sys, 'class/drm', name.slice(0, 5), name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'status'), `${status}\n`);
    }
    assert.deepEqual(
      discover(roots).map(({ connected }) => connected),
      [false, true, undefined],
    );
  });

  it('calls a faux or platform device without a driver by its own name', () => {
    const roots = rootsWith(
      'faux',
      { place: 'devices/faux/vkms', nodes: ['card0'], driver: 'faux_driver' },
      { place: 'devices/platform/vgem', nodes: ['card1'] },
    );
    assert.deepEqual(drivers(roots), ['vkms', 'vgem']);
  });

  for (const [bound, name] of [
    ['i915', 'i915'],
    ['amdgpu', 'amdgpu'],
    ['nvidia', 'nvidia-drm'],
    ['msm-mdss', 'msm'],
    ['vc4-drm', 'vc4'],
    ['simple-framebuffer', 'simpledrm'],
  ] as const)
    it(`calls what ${bound} is bound to ${name}, as DRM does`, () => {
      const roots = rootsWith(`bound-${bound}`, { place: 'devices/soc/gpu', nodes: ['card0'], driver: bound });
      assert.deepEqual(drivers(roots), [name]);
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
    const nvidia = [virtio, { ...xe, driver: 'nvidia-drm' }];
    for (const name of ['nvidia-drm', 'nvidia_drm'])
      assert.equal(selectRender(nvidia, name, virtio).device.driver, 'nvidia-drm');
  });

  it('takes an address with its domain for exactly that, and one without for what it can only be', () => {
    const [first, second] = [{ ...xe, pci: '10000:00:05.0' }, xe];
    const rendering = (name: string, ...devices: DrmDevice[]) =>
      selectRender([virtio, ...devices], name, virtio).device;
    assert.equal(rendering('0000:00:05.0', first, second), second);
    assert.equal(rendering('10000:00:05.0', first, second), first);
    assert.equal(rendering('00000000:00:05.0', first, second), second, 'as nvidia-smi writes it');
    assert.equal(rendering('00:05.0', second), second);
    assert.throws(() => rendering('00:05.0', first, second), {
      code: 'ERR_USAGE',
      advice: 'name one with its domain: 10000:00:05.0, 0000:00:05.0',
    });
  });

  it('takes the virtio-gpu that has something connected, of several', () => {
    const [idle, shown] = [
      { ...virtio, connected: false },
      { ...virtio, pci: '0000:00:03.0', primary: '/dev/dri/card3', connected: true },
    ];
    assert.equal(selectDisplay([idle, shown], 'auto').device, shown);
    assert.equal(selectDisplay([shown, idle], 'auto').device, shown);
    assert.equal(selectDisplay([idle], 'auto').device, idle, 'which may be connected later');
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
        error.advice.includes('guesthead lab run'),
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
