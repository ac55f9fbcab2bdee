/** Where distributions and architectures have what, from public reports. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { architectureOf, hostArchitecture } from '../../../src/host/architecture.js';
import { checkKvm, checkQemu } from '../../../src/host/check-qemu.js';
import { checkUdmabuf } from '../../../src/host/check-udmabuf.js';
import { checkRenderNode } from '../../../src/host/check-render.js';
import { findQemu } from '../../../src/host/find-qemu.js';
import type { Generated } from '../../../src/host/generate.js';
import { itemsOf } from '../../../src/host/items.js';
import { libvirtDomain, libvirtNotes } from '../../../src/host/libvirt.js';
import { hostMachineOf, type HostWishes } from '../../../src/host/machine.js';
import { tryKvm, type Qemu } from '../../../src/host/qemu.js';
import { hostTree } from '../../support/host-tree.js';

const { file, link, pciDevice, files } = hostTree();

describe('QEMU', () => {
  const findIn = (...programs: string[]) => ({
    path: '/usr/local/bin::/usr/bin',
    isProgram: (path: string) => programs.includes(path),
    host: 'x86_64' as const,
  });

  it('is the one of its architecture on the PATH, before any other', () => {
    const here = findIn('/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-system-aarch64', '/usr/libexec/qemu-kvm');
    assert.deepEqual(findQemu(undefined, 'x86_64', here), {
      program: 'qemu-system-x86_64',
      path: '/usr/bin/qemu-system-x86_64',
    });
    assert.equal(findQemu(undefined, 'aarch64', here).path, '/usr/bin/qemu-system-aarch64');
  });

  for (const place of ['/usr/libexec/qemu-kvm', '/usr/lib/qemu-kvm'])
    it(`is found at ${place}, as on RHEL and CentOS, and typed with its path`, () => {
      assert.deepEqual(findQemu(undefined, 'x86_64', findIn(place)), { program: place, path: place });
      assert.equal(findQemu(undefined, 'aarch64', findIn(place)).path, undefined, 'which runs the host’s architecture');
    });

  it('that is named is no other than that', () => {
    const here = findIn('/usr/libexec/qemu-kvm', '/opt/q/qemu');
    assert.deepEqual(findQemu('/opt/q/qemu', 'x86_64', here), { program: '/opt/q/qemu', path: '/opt/q/qemu' });
    assert.deepEqual(findQemu('qemu', 'x86_64', here), { program: 'qemu', path: undefined });
  });

  const qemu = (properties: Qemu['properties']): Qemu => ({
    ...{ program: 'q', version: '9.2.0', properties, displays: [], spiceOptions: [], streamsGl: false },
  });
  const blobOf = (properties: Qemu['properties']) =>
    checkQemu(qemu(properties), { program: 'q', vfio: false, display: 'none' }).find(({ id }) => id === 'qemu-blob');

  it('without the module of virtio-gpu, as Arch and Fedora pack it, is told the package and not that it is old', () => {
    const blob = blobOf(new Map());
    assert.equal(blob?.status, 'no');
    assert.match(blob.advice ?? '', /qemu-hw-display-virtio-gpu-pci \(Arch\)/);
    assert.doesNotMatch(blob.advice ?? '', /6\.1/);
    assert.match(blobOf(new Map([['virtio-gpu-pci', new Set(['xres'])]]))?.advice ?? '', /6\.1 or later/);
  });
});

describe('a machine of arm64', () => {
  const generated = (wishes: HostWishes, firmware?: string): Generated => {
    const machine = hostMachineOf({ architecture: 'aarch64', display: 'none', vfio: '01:00.0', ...wishes });
    const facts = { accelerator: 'kvm', qemu: undefined, iommufd: false, firmware } as const;
    return { program: 'q', machine, accelerator: 'kvm', qemu: undefined, items: itemsOf(machine, facts), notes: [] };
  };
  const line = (...args: Parameters<typeof generated>) => generated(...args).items.flatMap((item) => item.arguments);

  it('is a virt, and nothing is said of a PC', () => {
    const words = line({ cpus: 16 });
    assert.ok(words.includes('virt,gic-version=max,memory-backend=mem'));
    assert.doesNotMatch(words.join(' '), /q35|x86|vga|intel-iommu|-bios/);
  });

  it('boots a disk by UEFI, for it has no firmware of its own, and a kernel without', () => {
    const words = line({ disk: '/d.qcow2' }, '/usr/share/AAVMF/code.fd');
    assert.equal(words[words.indexOf('-bios') + 1], '/usr/share/AAVMF/code.fd');
    assert.ok(!line({ disk: '/d.qcow2' }).includes('-bios'));
    assert.ok(!line({ disk: '/d.qcow2', kernel: '/Image' }, '/usr/share/AAVMF/code.fd').includes('-bios'));
    assert.ok(!line({ disk: '/d.qcow2', architecture: 'x86_64' }, '/usr/share/AAVMF/code.fd').includes('-bios'));
  });

  it('is the same for libvirt: no APIC, and ACPI only with UEFI', () => {
    const [disk, kernel] = [generated({ disk: '/d.qcow2' }), generated({ kernel: '/Image' })].map((one) =>
      libvirtDomain(one),
    );
    assert.match(disk ?? '', /<os firmware="efi">\s*<type arch="aarch64" machine="virt">hvm/);
    assert.match(disk ?? '', /<acpi\/>/);
    assert.match(kernel ?? '', /<os>/);
    assert.doesNotMatch(kernel ?? '', /acpi/);
    for (const domain of [disk, kernel]) assert.doesNotMatch(domain ?? '', /apic\/|q35|x86_64/);
    assert.doesNotMatch(libvirtNotes(generated({})).join(), /virtio-vga/);
  });

  it('is what a QEMU of that name makes, and the host’s own architecture otherwise', () => {
    assert.equal(architectureOf('/opt/bin/qemu-system-aarch64'), 'aarch64');
    assert.equal(architectureOf('qemu-system-x86_64'), 'x86_64');
    assert.deepEqual(
      [architectureOf('/usr/libexec/qemu-kvm'), architectureOf(undefined)],
      [hostArchitecture, hostArchitecture],
    );
  });

  it('has no KVM on a host of another, and is not told to load a module of Intel’s', async () => {
    const other = hostArchitecture === 'x86_64' ? 'aarch64' : 'x86_64';
    const kvm = await tryKvm('/nowhere', other);
    assert.deepEqual([kvm.works, /the machine is .*, this host /.test(kvm.found)], [false, true]);
    assert.doesNotMatch(checkKvm(kvm, other).advice ?? '', /kvm_intel/);
  });
});

describe('the host’s own GPU', () => {
  const gtk = (vfio?: string) => checkRenderNode(files(), 'gtk', vfio);

  it('of NVIDIA’s without mode setting is told the option, and not to get another GPU', () => {
    file('/sys/bus/pci/drivers/nvidia/0000:01:00.0/class', '0x030000\n');
    file('/sys/bus/pci/drivers/nvidia/bind');
    const check = gtk();
    assert.equal(check.status, 'no');
    assert.match(check.found, /though the driver nvidia has 0000:01:00\.0$/);
    assert.match(check.advice ?? '', /nvidia-drm modeset=1/);
    assert.doesNotMatch(gtk('0000:01:00.0').advice ?? '', /nvidia/, 'that one is to be passed through');
  });

  it('whose node a container lacks is told how to give it', () => {
    pciDevice('0000:00:02.0', '0x030000', 'i915');
    link('/sys/class/drm/renderD128/device', '../../../bus/pci/devices/0000:00:02.0');
    const check = gtk();
    assert.match(check.found, /renderD128 \(i915, not in \/dev\)/);
    assert.match(check.advice ?? '', /--device \/dev\/dri\/renderD128/);
    assert.equal(check.status, 'no');
  });

  it('and udmabuf, which the kernel has and a container’s /dev lacks, is for the container to be given', () => {
    file('/sys/class/misc/udmabuf/dev', '10:125\n');
    const [udmabuf] = checkUdmabuf(files(), hostMachineOf({}));
    assert.equal(udmabuf?.status, 'no');
    assert.match(udmabuf.advice ?? '', /--device \/dev\/udmabuf/);
    assert.doesNotMatch(udmabuf.advice ?? '', /modprobe|CONFIG/);
  });
});
