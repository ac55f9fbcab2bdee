/** Guests and containers whose /dev and /sys do not agree, and virtio-gpu off the PCI bus: from public reports. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { numberOfNode } from '../../../src/device/dev-nodes.js';
import { discover, selectDisplay, selectRender, type Roots } from '../../../src/device/index.js';

const root = mkdtempSync(join(tmpdir(), 'guesthead-container-'));
after(() => {
  rmSync(root, { recursive: true });
});

/** A place in sysfs, the driver bound there, and the numbers of its nodes. */
interface Made {
  readonly place: string;
  readonly driver: string;
  readonly nodes?: Readonly<Record<string, number>>;
}

let count = 0;

/** sysfs with these devices, and a /dev/dri with files under the given names; `numbers` says which node each is. */
function machine(devices: readonly Made[], numbers: Readonly<Record<string, number>> = {}): Roots {
  const [sys, dev] = [join(root, `${++count}/sys`), join(root, `${count}/dev`)];
  mkdirSync(join(dev, 'dri'), { recursive: true });
  for (const name of Object.keys(numbers)) writeFileSync(join(dev, 'dri', name), '');
  for (const { place, driver, nodes = {} } of devices) {
    mkdirSync(join(sys, place), { recursive: true });
    mkdirSync(join(sys, 'drivers', driver), { recursive: true });
    symlinkSync(join(sys, 'drivers', driver), join(sys, place, 'driver'));
    for (const [name, minor] of Object.entries(nodes)) {
      mkdirSync(join(sys, 'class/drm', name), { recursive: true });
      symlinkSync(join(sys, place), join(sys, 'class/drm', name, 'device'));
      writeFileSync(join(sys, 'class/drm', name, 'dev'), `226:${minor}\n`);
    }
  }
  const numberOf = (path: string) => {
    const minor = numbers[path.slice(join(dev, 'dri').length + 1)];
    return minor === undefined ? undefined : `226:${minor}`;
  };
  return { sys, dev, numberOf };
}

const virtio: Made = {
  place: 'devices/pci0000:00/0000:00:02.0/virtio0',
  driver: 'virtio_gpu',
  nodes: { card0: 0, renderD128: 128 },
};
const i915: Made = {
  place: 'devices/pci0000:00/0000:00:05.0',
  driver: 'i915',
  nodes: { card1: 1, renderD129: 129 },
};
const xe: Made = { place: 'devices/pci0000:00/0000:00:06.0', driver: 'xe', nodes: { card2: 2, renderD130: 130 } };

describe('a container', () => {
  it('that was given one GPU of two renders on that one, though sysfs has both', () => {
    const roots = machine([virtio, i915, xe], { card0: 0, renderD130: 130 });
    const devices = discover(roots);
    const render = selectRender(devices, 'auto', selectDisplay(devices, 'auto').device);
    assert.equal(render.node, join(roots.dev, 'dri/renderD130'));
    assert.deepEqual(render.chosen, {
      why: 'of 2 GPUs the only one whose node is in /dev',
      others: '--render 0000:00:05.0 takes the other',
    });
  });

  it('to which no GPU was given is told which node to give, and not that there is no GPU', () => {
    const devices = discover(machine([virtio, i915], { card0: 0 }));
    const { device } = selectDisplay(devices, 'auto');
    const lacking = {
      code: 'ERR_NO_DEVICE',
      message: /renderD129 of i915, but \/dev lacks it/,
      advice: /--device \S+renderD129/,
    };
    assert.throws(() => selectRender(devices, 'auto', device), lacking);
    assert.throws(() => selectRender(devices, 'i915', device), lacking);
    assert.throws(() => selectRender(devices, devices[1]?.render ?? '', device), lacking);
  });

  it('takes a display whose node /dev has under another number', () => {
    const roots = machine([{ ...virtio, nodes: { card3: 3 } }, i915], { card0: 3, renderD128: 129 });
    const devices = discover(roots);
    const display = selectDisplay(devices, 'auto');
    assert.equal(display.node, join(roots.dev, 'dri/card0'), 'which is card3 of the kernel');
    assert.equal(selectRender(devices, 'auto', display.device).node, join(roots.dev, 'dri/renderD128'));
    assert.equal(display.device.primary, join(roots.dev, 'dri/card3'), 'as uevents and /proc name it');
  });

  it('takes a node that is named for what it is, and not for the node that the kernel calls so', () => {
    const roots = machine([virtio, { ...i915, nodes: { renderD129: 129 } }, { ...xe, nodes: { renderD130: 130 } }], {
      card0: 0,
      renderD129: 130,
    });
    const devices = discover(roots);
    const named = selectRender(devices, join(roots.dev, 'dri/renderD129'), selectDisplay(devices, 'auto').device);
    assert.deepEqual([named.device.driver, named.node], ['xe', join(roots.dev, 'dri/renderD129')]);
  });

  it('without any node of sysfs still takes what /dev has by its usual name', () => {
    const devices = discover({ ...machine([virtio]), dev: '/nowhere', numberOf: () => '226:0' });
    assert.equal(selectDisplay(devices, 'auto').node, '/nowhere/dri/card0');
  });
});

describe('virtio-gpu off the PCI bus', () => {
  for (const [name, place, transport] of [
    ['behind virtio-mmio, as in a microvm', 'devices/platform/a003e00.virtio_mmio', 'virtio-mmio'],
    ['behind a channel, as on s390x', 'devices/css0/0.0.0002/0.0.0002', 'virtio_ccw'],
  ] as const)
    it(`is known ${name}, where its nodes belong to the transport`, () => {
      const roots = machine([
        { place, driver: transport, nodes: { card0: 0 } },
        { place: `${place}/virtio3`, driver: 'virtio_gpu' },
      ]);
      const [device] = discover(roots);
      assert.deepEqual([device?.driver, device?.pci], ['virtio_gpu', undefined]);
    });
});

describe('what hangs below a PCI function', () => {
  const function0 = 'devices/pci0000:00/0000:01:00.0';

  it('is not the function: a GPU is found by its address beside the firmware’s framebuffer, since Linux 6.11 its child', () => {
    const roots = machine([
      { place: `${function0}/simple-framebuffer.0`, driver: 'simple-framebuffer', nodes: { card0: 0 } },
      { place: function0, driver: 'nvidia', nodes: { card1: 1, renderD128: 128 } },
      { ...virtio, nodes: { card2: 2 } },
    ]);
    const devices = discover({ ...roots, dev: '/nowhere', numberOf: () => undefined });
    assert.deepEqual(
      devices.map(({ driver, pci }) => [driver, pci]),
      [
        ['simpledrm', undefined],
        ['nvidia-drm', '0000:01:00.0'],
        ['virtio_gpu', '0000:00:02.0'],
      ],
    );
  });

  it('has no address of its own where it is a USB display: that is its controller’s', () => {
    const place = 'devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0';
    const [device] = discover(machine([{ place, driver: 'udl', nodes: { card0: 0 } }]));
    assert.deepEqual([device?.driver, device?.pci], ['udl', undefined]);
  });
});

describe('a partition of a GPU', () => {
  it('is amdgpu’s, though it is a platform device of another name that nothing is bound to', () => {
    const roots = machine([]);
    mkdirSync(join(roots.sys, 'devices/platform/amdgpu_xcp.55'), { recursive: true });
    for (const name of ['card192', 'renderD191']) {
      mkdirSync(join(roots.sys, 'class/drm', name), { recursive: true });
      symlinkSync(join(roots.sys, 'devices/platform/amdgpu_xcp.55'), join(roots.sys, 'class/drm', name, 'device'));
    }
    const [device] = discover(roots);
    assert.deepEqual([device?.driver, device?.pci], ['amdgpu', undefined]);
    assert.match(device?.render ?? '', /renderD191$/);
  });
});

describe('a guest whose only GPU is virtio-gpu', () => {
  it('is told that its render node draws on the host (virgl, Venus), and is no GPU to import from', () => {
    const devices = discover(machine([virtio], { card0: 0, renderD128: 128 }));
    const { device } = selectDisplay(devices, 'auto');
    assert.throws(() => selectRender(devices, 'auto', device), {
      code: 'ERR_NO_DEVICE',
      advice: /own render node is none.*Venus/,
    });
  });
});

describe('a node of /dev', () => {
  it('has its number from its inode, and another file has none', () => {
    assert.deepEqual(
      [numberOfNode('/dev/null'), numberOfNode('/dev'), numberOfNode('/nowhere')],
      ['1:3', undefined, undefined],
    );
  });
});
