/** IOMMUs and groups of real hosts, from public reports. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostCheck } from '../../../src/host/check.js';
import { checkVfio } from '../../../src/host/check-vfio.js';
import { hostMachineOf } from '../../../src/host/machine.js';
import { hostTree } from '../../support/host-tree.js';

const { file, pciDevice, files } = hostTree();
const gpu = '0000:01:00.0';

function checkOf(id: string, vfio = gpu): HostCheck {
  const checks = checkVfio(files(), hostMachineOf({ vfio }));
  return checks.find((check) => check.id === id) ?? assert.fail(`no ${id}`);
}

const adviceOn = (id: string) => checkOf(id).advice ?? '';

describe('a group that holds more of the host than the GPU', () => {
  for (const [what, kind, driver] of [
    ['the disk that the host runs from', '0x010802', 'nvme'],
    ['the network that it is reached by', '0x020000', 'igc'],
    ['the USB of its keyboard', '0x0c0330', 'xhci_hcd'],
    ['another GPU, which shows the host’s desktop', '0x030000', 'amdgpu'],
  ] as const)
    it(`never advises to bind ${what}, but names it and what keeps devices apart`, () => {
      pciDevice(gpu, '0x030000', 'amdgpu');
      pciDevice('0000:01:00.1', '0x040300', 'snd_hda_intel');
      pciDevice('0000:04:00.0', kind, driver);
      assert.equal(checkOf('vfio-group').status, 'no');
      assert.doesNotMatch(adviceOn('vfio-group'), /set-override/);
      assert.match(adviceOn('vfio-group'), new RegExp(`bind nothing: 0000:04:00\\.0 \\(${driver}\\).*ACS.*slot`));
    });

  it('binds all functions of a card with USB and I2C beside picture and sound', () => {
    const kinds = [
      ['0x030000', 'nvidia'],
      ['0x040300', 'snd_hda_intel'],
      ['0x0c0330', 'xhci_hcd'],
      ['0x0c8000', 'nvidia-gpu'],
    ] as const;
    for (const [index, [kind, driver]] of kinds.entries()) pciDevice(`0000:01:00.${index}`, kind, driver);
    const advice = adviceOn('vfio-group');
    for (const index of [0, 1, 2, 3]) assert.ok(advice.includes(`set-override 0000:01:00.${index} vfio-pci`), advice);
  });

  it('binds the sound of a card that has it on a bus of its own, behind the card’s switch', () => {
    pciDevice('0000:03:00.0', '0x030000', 'xe');
    pciDevice('0000:04:00.0', '0x040300', 'snd_hda_intel');
    const group = checkOf('vfio-group', '0000:03:00.0');
    assert.match(group.advice ?? '', /set-override 0000:04:00\.0 vfio-pci/);
  });
});

describe('the GPU that the firmware shows the host’s screen on', () => {
  it('is said to be it, and that a boot framebuffer may hold its memory', () => {
    pciDevice(gpu, '0x030000', 'amdgpu');
    file(`/sys/bus/pci/devices/${gpu}/boot_vga`, '1\n');
    assert.match(checkOf('vfio-device').found, /the host itself shows its screen.*can’t reserve/);
  });

  it('is let go of already where VFIO has it', () => {
    pciDevice(gpu, '0x030000', 'vfio-pci');
    file(`/sys/bus/pci/devices/${gpu}/boot_vga`, '1\n');
    assert.doesNotMatch(checkOf('vfio-device').found, /screen/);
  });
});

describe('a host without IOMMU groups', () => {
  const cpu = (flags: string) => {
    file('/proc/cpuinfo', `${flags}\n`);
  };

  it('whose firmware has VT-d on is told the kernel’s option, and nothing of the firmware', () => {
    file('/sys/firmware/acpi/tables/DMAR');
    assert.match(adviceOn('iommu'), /intel_iommu=on/);
    assert.doesNotMatch(adviceOn('iommu'), /firmware|AMD/);
  });

  it('of AMD’s is not told Intel’s option, nor amd_iommu=on, which the kernel does not know', () => {
    file('/sys/firmware/acpi/tables/IVRS');
    assert.match(adviceOn('iommu'), /AMD-Vi in dmesg/);
    assert.doesNotMatch(adviceOn('iommu'), /intel_iommu|amd_iommu=on/);
  });

  for (const option of ['intel_iommu=off', 'amd_iommu=off', 'iommu=off'])
    it(`that was switched off by ${option} is told to take that away`, () => {
      file('/sys/firmware/acpi/tables/DMAR');
      file('/proc/cmdline', `root=/dev/sda1 ${option} quiet\n`);
      assert.match(checkOf('iommu').found, new RegExp(`by ${option}`));
      assert.match(adviceOn('iommu'), new RegExp(`take ${option} off`));
    });

  it('that is a virtual machine itself needs one of its own host', () => {
    cpu('flags\t\t: fpu hypervisor');
    assert.match(adviceOn('iommu'), /its own host.*intel-iommu/);
  });

  it('of arm64 is told of the SMMU that many boards lack, and nothing of VT-d or AMD-Vi', () => {
    cpu('processor\t: 0\nFeatures\t: fp asimd');
    assert.match(adviceOn('iommu'), /SMMU/);
    assert.doesNotMatch(adviceOn('iommu'), /VT-d|AMD-Vi|intel_iommu/);
  });

  it('that tells nothing is told of the firmware first', () => {
    cpu('flags\t\t: fpu vmx');
    assert.match(adviceOn('iommu'), /^switch VT-d or AMD-Vi/);
  });
});
