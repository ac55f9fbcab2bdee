/** The machine as a list of items, in the order in which one would explain it. */
import { machineTypes } from './architecture.js';
import { bootItems, needsFirmware } from './boot-items.js';
import { displayItems } from './display-items.js';
import { placed, type Item } from './item.js';
import { bytesOf, type HostMachine, mebibyte } from './machine.js';
import type { Qemu } from './qemu.js';
import { peripheralItems } from './peripheral-items.js';
import { transferItems } from './transfer-items.js';
import { xml, type XmlElement } from './xml.js';

/** What the items depend on beside the wishes. */
export interface ItemFacts {
  readonly accelerator: 'kvm' | 'tcg';
  /** Undefined where no QEMU is here to be asked: then nothing that only newer ones know. */
  readonly qemu: Qemu | undefined;
  /** This host passes devices through by iommufd alone. */
  readonly iommufd: boolean;
  /** The file of UEFI for machines that have no firmware of their own; undefined where this host has none. */
  readonly firmware?: string | undefined;
}

/** QEMU's name for the display device, by which QMP and screenshots find it. */
export const displayDeviceId = 'gpu0';

export function itemsOf(machine: HostMachine, facts: ItemFacts): Item[] {
  return [
    ...baseItems(machine),
    accelerationItem(facts.accelerator),
    ...memoryItems(machine),
    displayDeviceItem(machine),
    ...passThroughItems(machine, facts),
    ...displayItems(machine, facts.qemu),
    ...peripheralItems(machine),
    ...transferItems(machine),
    ...bootItems(machine, facts.firmware),
  ];
}

function baseItems({ name, cpus }: HostMachine): Item[] {
  return [
    {
      arguments: ['-name', name],
      why: "The machine's name, in the window's title and in lists of machines.",
      libvirt: placed('domain', xml('name', {}, name)),
    },
    {
      arguments: ['-nodefaults'],
      why: 'Nothing but what is listed here. Without it QEMU adds a VGA adapter of its own, which the guest takes for its first display.',
      libvirt: [],
    },
    {
      arguments: ['-smp', String(cpus)],
      why: "Processors. With a single one the guest's compositor, its GPU driver and the commit worker wait for each other, and flips come late.",
      libvirt: placed('domain', xml('vcpu', {}, String(cpus))),
    },
  ];
}

function accelerationItem(accelerator: 'kvm' | 'tcg'): Item {
  const kvm = accelerator === 'kvm';
  return {
    arguments: kvm ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max'],
    why: kvm
      ? "The host's own processor. Without it everything is emulated, many times slower, and the GPU's driver may miss instructions that it was built for."
      : 'Emulation, because KVM cannot be used here: right for a look at the path, far too slow for work. With KVM this is -accel kvm -cpu host.',
    libvirt: placed('domain', xml('cpu', { mode: kvm ? 'host-passthrough' : 'maximum' })),
  };
}

function memoryItems(machine: HostMachine): Item[] {
  const { memory, architecture } = machine;
  const type = machineTypes[architecture];
  const size = xml('memory', { unit: 'MiB' }, String(bytesOf(memory) / mebibyte));
  const backing = xml('memoryBacking', {}, xml('source', { type: 'memfd' }), xml('access', { mode: 'shared' }));
  return [
    {
      arguments: ['-m', memory],
      why: "The guest's memory, in which its frames lie too. VFIO pins all of it on the host.",
      libvirt: placed('domain', size),
    },
    {
      arguments: ['-object', `memory-backend-memfd,id=mem,size=${memory},share=on`],
      why: 'That memory as a memfd that cannot shrink, the only kind of which /dev/udmabuf makes a dma-buf. Without it, and with memory-backend-file or -ram too, QEMU refuses blob=on or shows black.',
      libvirt: placed('domain', backing),
    },
    {
      arguments: ['-machine', `${type.options},memory-backend=mem`],
      why: 'A PCI Express machine, as GPU drivers expect, on that memory. Without memory-backend=mem the object above lies unused and the guest runs on anonymous memory.',
      libvirt: [
        ...placed('os', xml('type', { arch: architecture, machine: type.name }, 'hvm')),
        ...placed('features', ...featuresOf(machine)),
      ],
    },
  ];
}

/** An APIC is a PC's; ACPI on arm64 comes with UEFI, and libvirt refuses it without. */
function featuresOf(machine: HostMachine): XmlElement[] {
  if (machine.architecture === 'x86_64') return [xml('acpi'), xml('apic')];
  return needsFirmware(machine) ? [xml('acpi')] : [];
}

function displayDeviceItem({ heads, size }: HostMachine): Item {
  const [width, height] = [String(size.width), String(size.height)];
  const properties = `id=${displayDeviceId},max_outputs=${heads},blob=on,xres=${width},yres=${height}`;
  const model = xml(
    'model',
    { type: 'virtio', heads: String(heads), primary: 'yes', blob: 'on' },
    xml('acceleration', { accel3d: 'no' }),
    xml('resolution', { x: width, y: height }),
  );
  return {
    arguments: ['-device', `virtio-gpu-pci,${properties}`],
    why: "The display, without virgl: with it (virtio-gpu-gl-pci) most kernels refuse to import the GPU's buffers. blob=on lets the host read a buffer where it lies; without it each import fails with ENODEV. max_outputs is the number of heads, xres and yres the first one's preferred mode; the other heads connect when the host's UI opens them.",
    libvirt: placed('devices', xml('video', {}, model)),
  };
}

function passThroughItems({ vfio }: HostMachine, { iommufd }: ItemFacts): Item[] {
  if (vfio === undefined) return [];
  const [domain = '', bus = '', slot = '', pciFunction = ''] = vfio.split(/[:.]/);
  const address = { domain: `0x${domain}`, bus: `0x${bus}`, slot: `0x${slot}`, function: `0x${pciFunction}` };
  const hostdev = { mode: 'subsystem', type: 'pci', managed: 'yes' };
  const driver = iommufd ? [xml('driver', { iommufd: 'yes' })] : [];
  return [
    ...(iommufd ? [iommufdItem] : []),
    {
      arguments: ['-device', 'pcie-root-port,id=gpu-port,chassis=1'],
      why: "A port for the GPU. Directly on the root complex it would be an integrated endpoint without a link, which some vendors' drivers refuse.",
      libvirt: [],
    },
    {
      arguments: ['-device', `vfio-pci,host=${vfio},bus=gpu-port${iommufd ? ',iommufd=iommufd0' : ''}`],
      why: "The headless GPU that draws. Without it the guest draws on the CPU. Its buffers must lie in the guest's memory (GBM linear): QEMU cannot show its VRAM.",
      libvirt: placed('devices', xml('hostdev', hostdev, ...driver, xml('source', {}, xml('address', address)))),
    },
  ];
}

/** QEMU's own of /dev/iommu. */
export const iommufdObject = 'iommufd,id=iommufd0';

const iommufdItem: Item = {
  arguments: ['-object', iommufdObject],
  why: 'This host hands devices out by /dev/iommu, and has no /dev/vfio/vfio. Without it QEMU (8.2 or later) looks for the latter and does not start.',
  libvirt: [], // by the attribute iommufd of the GPU's <driver>
};
