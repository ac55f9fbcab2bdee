/** The checks of a host, on files that a test has put there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdictOf, type HostCheck } from '../../../src/host/check.js';
import { checkQemu } from '../../../src/host/check-qemu.js';
import { checkRenderNode } from '../../../src/host/check-render.js';
import { checkUdmabuf } from '../../../src/host/check-udmabuf.js';
import { checkVfio, usesIommufd } from '../../../src/host/check-vfio.js';
import { hostTree } from '../../support/host-tree.js';
import { hostMachineOf, type HostWishes } from '../../../src/host/machine.js';

const { file, link, pciDevice, files: hostFiles } = hostTree();
const gpu = '0000:01:00.0';

function limits(list: number, size: number): void {
  file('/dev/udmabuf');
  file('/sys/module/udmabuf/parameters/list_limit', `${list}\n`);
  file('/sys/module/udmabuf/parameters/size_limit_mb', `${size}\n`);
}

const byId = (checks: readonly HostCheck[]) => Object.fromEntries(checks.map((check) => [check.id, check]));
const statuses = (checks: readonly HostCheck[]) =>
  Object.fromEntries(checks.map(({ id, status }) => [id.replace('udmabuf-', ''), status]));
const udmabuf = (wishes: HostWishes) => checkUdmabuf(hostFiles(), hostMachineOf(wishes));
const vfio = (wishes: HostWishes = { vfio: gpu }) => checkVfio(hostFiles(), hostMachineOf(wishes));

describe('the check of udmabuf', () => {
  it('says no where there is none, and leaves open what cannot be read', () => {
    const checks = udmabuf({});
    assert.deepEqual(statuses(checks), {
      udmabuf: 'no',
      'list-limit': 'unknown',
      'size-limit': 'unknown',
      'guest-memory': 'ok',
    });
    assert.equal(verdictOf(checks), 'no');
  });

  it("holds the kernel's own limits too low for 1920x1080 in single pages, not for its size", () => {
    limits(1024, 64);
    const { 'udmabuf-list-limit': list, 'udmabuf-size-limit': size } = byId(udmabuf({}));
    assert.equal(list?.status, 'no');
    assert.match(list.found, /1024.*2040 pieces/);
    assert.match(list.advice ?? '', /echo 2048 /);
    assert.deepEqual([size?.status, size?.advice], ['ok', null]);
    limitsAre(2040, 8, 'ok', 'ok');
    limitsAre(2039, 7, 'no', 'no');
  });

  function limitsAre(list: number, size: number, ...wanted: string[]): void {
    limits(list, size);
    const checks = byId(udmabuf({}));
    assert.deepEqual([checks['udmabuf-list-limit']?.status, checks['udmabuf-size-limit']?.status], wanted);
  }

  it('cannot promise 8K, whose pages can be more than QEMU takes', () => {
    limits(16_384, 256);
    const wishes = { size: { width: 7680, height: 4320 }, memory: '8G' };
    assert.equal(byId(udmabuf(wishes))['udmabuf-list-limit']?.status, 'unknown');
    assert.equal(verdictOf(udmabuf(wishes)), 'unknown');
    limits(8192, 64);
    const { 'udmabuf-list-limit': list, 'udmabuf-size-limit': size } = byId(udmabuf(wishes));
    assert.match(list?.advice ?? '', /echo 16384 /);
    assert.match(size?.advice ?? '', /echo 128 /);
  });

  it("counts rows padded to what GPUs ask for, and the buffers of all heads in the guest's memory", () => {
    limits(8192, 64);
    // 1366 pixels are 5464 bytes, padded 5632: 768 rows are 1056 pages
    assert.match(byId(udmabuf({ size: { width: 1366, height: 768 } }))['udmabuf-list-limit']?.found ?? '', /1056/);
    assert.equal(byId(udmabuf({ heads: 16, memory: '512M' }))['guest-memory']?.status, 'no');
    assert.equal(byId(udmabuf({ heads: 16, memory: '1G' }))['guest-memory']?.status, 'ok');
  });
});

describe('the check of VFIO', () => {
  it('needs nothing where no GPU is to be passed through', () => {
    const checks = vfio({});
    assert.deepEqual(statuses(checks), { iommu: 'no' });
    assert.equal(verdictOf(checks), 'ok');
  });

  it('takes a GPU bound to vfio-pci whose neighbours the host has let go of', () => {
    pciDevice(gpu, '0x030000', 'vfio-pci');
    pciDevice('0000:01:00.1', '0x040300', undefined);
    pciDevice('0000:00:01.0', '0x060400', 'pcieport');
    file('/dev/vfio/vfio');
    file('/dev/vfio/7');
    file('/proc/self/limits', 'Max locked memory         unlimited            unlimited            bytes\n');
    const checks = vfio();
    assert.deepEqual([...new Set(Object.values(statuses(checks)))], ['ok'], JSON.stringify(checks));
    assert.match(byId(checks)['vfio-group']?.found ?? '', /group 7: .*0000:01:00\.1 no driver/);
  });

  it('names each device of the group that a driver of the host still holds', () => {
    pciDevice(gpu, '0x030000', 'amdgpu');
    pciDevice('0000:01:00.1', '0x040300', 'snd_hda_intel');
    const group = byId(vfio())['vfio-group'];
    assert.equal(group?.status, 'no');
    assert.match(
      group.advice ?? '',
      /set-override 0000:01:00\.0 vfio-pci; driverctl set-override 0000:01:00\.1 vfio-pci/,
    );
    pciDevice('0000:02:00.0', '0x030000', undefined, '8');
    assert.equal(byId(vfio({ vfio: '02:00.0' }))['vfio-group']?.status, 'no', 'a GPU without a driver is not bound');
  });

  it('knows a GPU that is not there, lists those that are, and doubts what is no GPU', () => {
    pciDevice(gpu, '0x030000', 'i915');
    pciDevice('0000:03:00.0', '0x020000', 'e1000e', '9');
    const absent = byId(vfio({ vfio: '09:00.0' }));
    assert.deepEqual([absent['vfio-device']?.status, absent['vfio-group']?.status], ['no', 'no']);
    assert.match(absent['vfio-device']?.found ?? '', /0000:01:00\.0 \(i915\)$/);
    assert.equal(byId(vfio({ vfio: '03:00.0' }))['vfio-device']?.status, 'unknown');
  });

  for (const driver of ['xe-vfio-pci', 'nvgrace-gpu-vfio-pci', 'mlx5_vfio_pci'])
    it(`takes a device bound to ${driver}, as to any VFIO driver`, () => {
      pciDevice(gpu, '0x030000', driver);
      assert.equal(byId(vfio())['vfio-group']?.status, 'ok');
    });

  it('knows a VFIO driver of any name by the vfio-dev of its device', () => {
    pciDevice(gpu, '0x030000', 'somebodys-own');
    assert.equal(byId(vfio())['vfio-group']?.status, 'no');
    file(`/sys/bus/pci/devices/${gpu}/vfio-dev/vfio0/dev`, '511:0\n');
    assert.equal(byId(vfio())['vfio-group']?.status, 'ok');
  });

  it('never advises to unbind a physical function, which would take its virtual functions along', () => {
    const [physical, virtual] = ['0000:00:02.0', '0000:00:02.1'];
    pciDevice(physical, '0x030000', 'i915');
    file(`/sys/bus/pci/devices/${physical}/sriov_numvfs`, '7\n');
    pciDevice(virtual, '0x030000', 'i915');
    link(`/sys/bus/pci/devices/${virtual}/physfn`, `../${physical}`);
    const group = byId(vfio({ vfio: virtual }))['vfio-group'];
    assert.equal(group?.status, 'no');
    assert.match(group.advice ?? '', /set-override 0000:00:02\.1 vfio-pci/);
    assert.match(group.advice ?? '', /0000:00:02\.0 must stay with its driver.*ACS/);
    assert.doesNotMatch(group.advice ?? '', /set-override 0000:00:02\.0/);
  });

  it('advises the VFIO driver that a device has of its own, where this kernel has it', () => {
    const [physical, virtual] = ['0000:03:00.0', '0000:03:00.1'];
    pciDevice(physical, '0x030000', 'xe');
    pciDevice(virtual, '0x030000', 'xe', '9');
    link(`/sys/bus/pci/devices/${virtual}/physfn`, `../${physical}`);
    const advice = () => byId(vfio({ vfio: virtual }))['vfio-group']?.advice ?? '';
    assert.match(advice(), /modprobe vfio-pci; driverctl set-override 0000:03:00\.1 vfio-pci/);
    file('/sys/bus/pci/drivers/xe-vfio-pci/bind');
    assert.match(advice(), /modprobe xe-vfio-pci; driverctl set-override 0000:03:00\.1 xe-vfio-pci/);
  });

  it('is content with iommufd alone, the device’s own node and no group’s', () => {
    pciDevice(gpu, '0x030000', 'vfio-pci');
    file(`/sys/bus/pci/devices/${gpu}/vfio-dev/vfio0/dev`, '511:0\n');
    const access = () => byId(vfio())['vfio-access'];
    assert.deepEqual([access()?.status, usesIommufd(hostFiles(), gpu)], ['no', false]);
    file('/dev/iommu');
    assert.match(access()?.found ?? '', /no \/dev\/vfio\/devices\/vfio0/);
    file('/dev/vfio/devices/vfio0');
    assert.deepEqual([access()?.status, usesIommufd(hostFiles(), gpu)], ['ok', true]);
    file('/dev/vfio/vfio');
    assert.equal(usesIommufd(hostFiles(), gpu), false, 'where there is both, QEMU’s default is taken');
  });

  it("holds memlock against the guest's memory, but for a process that may lock anything", () => {
    const gib = 2 ** 30;
    const memlock = (limit: number, capabilities: string) => {
      file('/proc/self/limits', `Max locked memory         ${limit}           ${limit}           bytes\n`);
      file('/proc/self/status', `Name:\tnode\nCapEff:\t${capabilities}\n`);
      return byId(vfio({ vfio: gpu, memory: '2G' }))['memlock']?.status;
    };
    assert.equal(memlock(8 * 2 ** 20, '0000000000000000'), 'no');
    assert.equal(memlock(2 * gib, '0000000000000000'), 'no', 'firmware and video memory are pinned too');
    assert.equal(memlock(3 * gib, '0000000000000000'), 'ok');
    assert.equal(memlock(0, '0000000000004000'), 'ok');
  });
});

describe('the other checks', () => {
  it('need a GPU of the host’s only for a UI with GL', () => {
    const files = hostFiles;
    assert.equal(verdictOf([checkRenderNode(files(), undefined, undefined)]), 'ok');
    assert.equal(verdictOf([checkRenderNode(files(), 'gtk', undefined)]), 'no');
    file('/dev/dri/renderD128');
    pciDevice(gpu, '0x030000', 'i915');
    link('/sys/class/drm/renderD128/device', `../../../bus/pci/devices/${gpu}`);
    assert.match(checkRenderNode(files(), 'gtk', undefined).found, /renderD128 \(i915\)/);
    assert.equal(checkRenderNode(files(), 'gtk', gpu).status, 'no', 'the one passed through cannot show anything');
  });

  it('know a QEMU without the parts, and one that is not there', () => {
    const bare = {
      program: 'q',
      version: '5.0.0',
      properties: new Map(),
      displays: ['none'],
      spiceOptions: [],
      streamsGl: false,
    };
    const wishes = { program: 'q', vfio: true, display: 'gtk' } as const;
    assert.deepEqual(statuses(checkQemu(bare, wishes)), {
      qemu: 'ok',
      'qemu-blob': 'no',
      'qemu-memfd': 'no',
      'qemu-vfio': 'no',
      'gl-display': 'no',
    });
    const none = checkQemu(undefined, wishes);
    assert.deepEqual([none[0]?.status, none[1]?.status, verdictOf(none)], ['no', 'unknown', 'no']);
  });
});
