/** The same machine as a libvirt domain: each item's own elements, and the options for which libvirt has no word. */
import type { Generated } from './generate.js';
import { needsFirmware } from './boot-items.js';
import type { DomainPart, Item } from './item.js';
import { iommufdObject } from './items.js';
import { libvirtTransferNotes } from './transfer-items.js';
import { renderXml, xml, type XmlElement } from './xml.js';

const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0';

export function libvirtDomain(generated: Generated, environment: NodeJS.ProcessEnv = process.env): string {
  const { accelerator, items, qemu, machine } = generated;
  const firmware = needsFirmware(machine) ? { firmware: 'efi' } : {};
  const type = accelerator === 'kvm' ? 'kvm' : 'qemu';
  const emulator = qemu === undefined ? [] : [xml('emulator', {}, qemu.program)];
  return renderXml(
    xml(
      'domain',
      { type, 'xmlns:qemu': qemuNamespace },
      ...elementsOf(items, 'domain'),
      xml('os', firmware, ...elementsOf(items, 'os')),
      xml('features', {}, ...elementsOf(items, 'features')),
      // a balloon takes memory away that VFIO has pinned, and libvirt adds one unasked
      xml('devices', {}, ...emulator, ...elementsOf(items, 'devices'), xml('memballoon', { model: 'none' })),
      ...passedOn(items, environment),
    ),
  );
}

function elementsOf(items: readonly Item[], part: DomainPart): XmlElement[] {
  return items
    .flatMap(({ libvirt }) => libvirt ?? [])
    .filter((placed) => placed.part === part)
    .map(({ element }) => element);
}

function passedOn(items: readonly Item[], environment: NodeJS.ProcessEnv): XmlElement[] {
  const wordless = items.filter(({ libvirt }) => libvirt === undefined);
  if (wordless.length === 0) return [];
  const words = wordless.flatMap((item) => item.arguments).map((value) => xml('qemu:arg', { value }));
  const variables = wordless
    .flatMap((item) => item.environment ?? [])
    .flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [xml('qemu:env', { name, value })];
    });
  return [xml('qemu:commandline', {}, ...words, ...variables)];
}

/** Sources: libvirt's NEWS.rst, v12.1.0 and v12.2.0; qemuHostdevHostSupportsPassthroughVFIO in its older releases. */
const iommufdNote =
  "libvirt 12.1 or later knows iommufd='yes', which this host needs: it has /dev/iommu and no /dev/vfio/vfio. A libvirt that says that the host does not support passthrough with VFIO looks for the latter: kernels have it by CONFIG_VFIO_CONTAINER or CONFIG_IOMMUFD_VFIO_CONTAINER.";

/** What to know before `virsh define`, a sentence each. */
export function libvirtNotes({ items, machine }: Generated): string[] {
  const vga =
    machine.architecture === 'x86_64'
      ? '; its first video device is a virtio-vga, the same display with a VGA mode for boot messages'
      : '';
  const notes = [`libvirt 9.2 or later knows blob='on', and gives its QEMU /dev/udmabuf${vga}.`];
  if (machine.vfio !== undefined)
    notes.push("managed='yes': libvirt binds the GPU to vfio-pci, and raises the memlock limit by itself.");
  if (items.some((item) => item.arguments[1] === iommufdObject)) notes.push(iommufdNote);
  notes.push(...libvirtTransferNotes(machine));
  if (items.some((item) => item.environment !== undefined))
    notes.push('A window needs a QEMU that runs as you: define the domain in qemu:///session.');
  return notes;
}
