/** Check of the IOMMU: without groups VFIO gives nothing away, and what is to be changed depends on who has switched it off. */
import { check, judged, type Finding, type HostCheck } from './check.js';
import type { HostFiles } from './host-files.js';

const groups = '/sys/kernel/iommu_groups';
const tables = '/sys/firmware/acpi/tables';

export function checkIommu(files: HostFiles, needed: boolean): HostCheck {
  return check('iommu', needed, 'VFIO gives a device to a guest only behind an IOMMU.', iommuOf(files));
}

function iommuOf(files: HostFiles): Finding {
  const count = files.names(groups).length;
  const { found, advice } = count > 0 ? { found: '', advice: '' } : whyNone(files);
  return { status: judged(count > 0), found: `${count} IOMMU groups${found}`, advice };
}

/** The firmware tells of its IOMMUs in tables of these names: DMAR (Intel), IVRS (AMD), IORT (arm64). */
function whyNone(files: HostFiles): { found: string; advice: string } {
  const off = /\b(?:(?:intel_|amd_)?iommu=off|arm-smmu\S*\.disable\S*)/.exec(files.text('/proc/cmdline') ?? '')?.[0];
  if (off !== undefined)
    return { found: `: switched off by ${off}`, advice: `take ${off} off the kernel’s command line` };
  const has = (table: string) => files.exists(`${tables}/${table}`);
  if (has('DMAR'))
    return {
      found: ': the firmware has VT-d on, the kernel does not use it',
      advice: 'write intel_iommu=on on the kernel’s command line',
    };
  if (has('IVRS'))
    return {
      found: ': the firmware has AMD-Vi on, the kernel does not use it',
      advice: 'it needs no option: look for AMD-Vi in dmesg, and for CONFIG_AMD_IOMMU in the kernel',
    };
  const cpus = files.text('/proc/cpuinfo') ?? '';
  if (/^flags\s*:.*\bhypervisor\b/m.test(cpus))
    return {
      found: ': this host is a virtual machine itself',
      advice: 'its own host must give it a virtual IOMMU (QEMU: -device intel-iommu,intremap=on, or virtio-iommu-pci)',
    };
  if (!/^flags\s*:/m.test(cpus) && cpus !== '')
    return {
      found: '',
      advice:
        'an arm64 host needs an SMMU in front of its PCIe ports, which many boards lack, and the firmware to describe it (IORT, or the device tree)',
    };
  return {
    found: '',
    advice:
      'switch VT-d or AMD-Vi (IOMMU) on in the firmware; on Intel also intel_iommu=on on the kernel’s command line',
  };
}
