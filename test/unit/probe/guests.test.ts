/** Guests as public reports have them: hypervisors that hide, kernels of other numbers, drivers that are not loaded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canReadKernelLog } from '../../../src/device/index.js';
import type { Check, VirtioParameters } from '../../../src/probe/report.js';
import { checkSystem } from '../../../src/probe/system.js';
import { checkOf } from '../../support/probe-schema.js';
import { FakeBench, FakeNodes, filesOf, parameters as all, probeOf } from './machines.js';

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

  it('of WSL, whose /dev/dri is vgem’s, has no display to flip on', () => {
    const wsl = { ...bare, '/proc/sys/kernel/osrelease': '6.6.87.2-microsoft-standard-WSL2\n' };
    const { status, advice } = system('machine', wsl);
    assert.deepEqual([status, (advice ?? '').includes('WSL shows its windows by itself')], ['no', true]);
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

  for (const option of ['nomodeset', 'virtio_gpu.modeset=0'])
    it(`of a server’s image that boots with ${option} is told that, and not to load what is loaded`, () => {
      const texts = { ...pci('0x1af4:0x1050'), '/proc/cmdline': `root=/dev/vda1 ${option} nofb\n` };
      const { status, advice } = system('modules', texts, '7.2.13', bound('virtio-pci'));
      assert.equal(status, 'no');
      assert.match(advice ?? '', new RegExp(`take ${option} off`));
      assert.doesNotMatch(advice ?? '', /modprobe/);
    });

  it('that VFIO has, for a guest in the guest, is told to be taken from it', () => {
    assert.match(system('modules', pci('0x8086:0x56a0'), '7.2.13', bound('vfio-pci')).advice ?? '', /driver_override/);
  });
});

describe('the advice on virtio-gpu', () => {
  const adviceOn = async (parameters: Partial<VirtioParameters>, id: string) => {
    const nodes = new FakeNodes({ virtioParameters: () => ({ ...all, ...parameters }) });
    return checkOf(await probeOf({ nodes }), `virtio-gpu.${id}`).advice ?? '';
  };

  it('is in the words of libvirt too, which most guests are made with', async () => {
    assert.match(await adviceOn({ blob: false }, 'blob'), /<model type="virtio" blob="on">.*<source type="memfd"/);
    assert.match(await adviceOn({ features3d: true }, '3d'), /<acceleration accel3d="no"\/>/);
  });

  it('says that the host must be Linux, for udmabuf is Linux’s', async () => {
    assert.match(await adviceOn({ blob: false }, 'blob'), /on a Linux host/);
  });
});

describe('udmabuf', () => {
  it('that the kernel has and /dev lacks is for the container to be given, and not for the kernel to be built anew', async () => {
    const files = filesOf({ '/sys/class/misc/udmabuf/dev': '10:125\n' });
    const { status, advice } = checkOf(await probeOf({ files }), 'udmabuf.node');
    assert.deepEqual([status, (advice ?? '').includes('--device /dev/udmabuf')], ['no', true]);
    assert.doesNotMatch(advice ?? '', /CONFIG_UDMABUF/);
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
