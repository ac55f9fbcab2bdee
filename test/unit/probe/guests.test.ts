/** Guests as public reports have them: hypervisors that hide, kernels of other numbers, drivers that are not loaded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canReadKernelLog } from '../../../src/device/index.js';
import type { Check } from '../../../src/probe/report.js';
import { checkSystem } from '../../../src/probe/system.js';
import { checkOf } from '../../support/probe-schema.js';
import { FakeBench, filesOf, probeOf } from './machines.js';

type Texts = Record<string, string>;

function system(id: string, texts: Texts, release = '7.2.13', links: Texts = {}): Check {
  const checks = checkSystem({ files: filesOf(texts, {}, links), release });
  return checks.find((check) => check.id === `system.${id}`) ?? assert.fail(`no ${id}`);
}

const bare: Texts = { '/proc/cpuinfo': 'flags\t\t: fpu vme\n' };
const arm: Texts = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd\n' };
const virtioDevice = (number: number, id: string): Texts => ({
  [`/sys/bus/virtio/devices/virtio${number}/device`]: `${id}\n`,
});

describe('a guest', () => {
  it('whose processor hides the hypervisor is known by its virtio devices, or QEMU’s firmware', () => {
    const hidden = system('machine', { ...bare, ...virtioDevice(0, '0x0010') });
    assert.deepEqual([hidden.status, hidden.found.includes('hides the hypervisor')], ['ok', true]);
    assert.equal(system('machine', { ...bare, '/sys/class/dmi/id/sys_vendor': 'QEMU\n' }).status, 'ok');
    assert.equal(system('machine', bare).status, 'no');
  });

  it('of arm64 is known as one, by virtio or by its device tree, and called by what that says', () => {
    assert.equal(system('machine', { ...arm, ...virtioDevice(0, '0x0010') }).status, 'ok');
    const tree = '/sys/firmware/devicetree/base';
    const machine = system('machine', {
      ...arm,
      [`${tree}/hypervisor/compatible`]: 'linux,kvm\0',
      [`${tree}/model`]: 'linux,dummy-virt\0',
    });
    assert.deepEqual([machine.status, machine.found], ['ok', 'a virtual machine: linux,dummy-virt']);
    assert.equal(system('machine', arm).status, 'unknown');
  });

  it('is no board whose co-processors talk by virtio', () => {
    assert.equal(system('machine', { ...arm, ...virtioDevice(0, '0x0007') }).status, 'unknown');
  });
});

describe('the kernel of an enterprise distribution', () => {
  for (const release of ['5.14.0-570.12.1.el9_6.x86_64', '6.12.0-55.9.1.el10_0.x86_64', '4.18.0-553.el8.x86_64'])
    it(`${release} is not judged by its number`, () => {
      const { status, found } = system('kernel', {}, release);
      assert.equal(status, 'unknown');
      assert.match(found, /el\d+\S* brings much of later kernels back/);
    });

  it('of a late number is as good as any', () => {
    assert.equal(system('kernel', {}, '6.18.0-1.el11.x86_64').status, 'ok');
  });
});

describe('a device without its DRM driver', () => {
  const pci = (id: string): Texts => {
    const folder = '/sys/bus/pci/devices/0000:00:05.0';
    const [vendor = '', device = ''] = id.split(':');
    return { [`${folder}/class`]: '0x030000\n', [`${folder}/vendor`]: vendor, [`${folder}/device`]: device };
  };
  const bound = (driver: string) => ({ '/sys/bus/pci/devices/0000:00:05.0/driver': `/sys/bus/pci/drivers/${driver}` });

  it('is virtio-gpu behind virtio-mmio too, in a microvm whose kernel lacks it', () => {
    const { status, found, advice } = system('modules', virtioDevice(3, '0x0010'), '7.2.13', {
      '/sys/bus/virtio/devices/virtio3': '/sys/devices/platform/a003e00.virtio_mmio/virtio3',
    });
    assert.equal(status, 'no');
    assert.match(found, /virtio3 \(virtio-gpu\)/);
    assert.match(advice ?? '', /modprobe virtio-gpu.*CONFIG_DRM_VIRTIO_GPU/);
    const driven = { '/sys/bus/virtio/devices/virtio3/driver': '/sys/bus/virtio/drivers/virtio_gpu' };
    assert.equal(system('modules', virtioDevice(3, '0x0010'), '7.2.13', driven).status, 'ok');
    assert.equal(system('modules', virtioDevice(3, '0x0001')).status, 'ok', 'a network');
  });

  it('of NVIDIA’s that the driver has without mode setting is told the option, and not another driver', () => {
    const { advice } = system('modules', pci('0x10de:0x2783'), '7.2.13', bound('nvidia'));
    assert.match(advice ?? '', /nvidia-drm modeset=1/);
    assert.doesNotMatch(advice ?? '', /xe, i915/);
  });

  it('that VFIO has, for a guest in the guest, is told to be taken from it', () => {
    assert.match(system('modules', pci('0x8086:0x56a0'), '7.2.13', bound('vfio-pci')).advice ?? '', /driver_override/);
  });
});

describe('the kernel log', () => {
  it('of a rootless container, which has /dev/null in its place, is not taken for one in which nothing is refused', () => {
    assert.equal(canReadKernelLog('/dev/null'), false);
    assert.equal(canReadKernelLog('/nowhere'), false);
  });

  it('that a container’s root may not read is told what that needs, and not to be root', async () => {
    const report = await probeOf({ bench: new FakeBench({ hostRefusals: () => Promise.resolve(undefined) }) });
    assert.match(checkOf(report, 'trials.host').advice ?? '', /--cap-add SYSLOG --device \/dev\/kmsg/);
  });
});

describe('a kernel that is locked down', () => {
  it('as with Secure Boot is said to close debugfs, for which root does not help', async () => {
    const lockdown = { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' };
    const check = checkOf(await probeOf({ files: filesOf(lockdown) }), 'virtio-gpu.debugfs');
    assert.deepEqual([check.status, check.advice], ['unknown', null]);
    assert.match(check.found, /locked down \(integrity\)/);
    const open = { '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n' };
    assert.match(checkOf(await probeOf({ files: filesOf(open) }), 'virtio-gpu.debugfs').advice ?? '', /as root/);
  });
});
