/** What virtio-gpu and its host agreed upon: asked of the driver, and where that is closed to us, read from sysfs. */
import { attempt, failed, no, ok, unknown, valueOf, type Attempt, type Question } from './check.js';
import { nameOf, type DeviceReading } from './device-reading.js';
import { systemFiles, type Files } from './files.js';
import type { Check, VirtioParameters } from './report.js';

export function checkVirtio(readings: readonly DeviceReading[], files: Files = systemFiles): Check[] {
  const displays = readings.filter(({ device }) => device.driver === 'virtio_gpu');
  if (displays.length > 0) return displays.flatMap((reading) => checkOne(reading, files));
  const question: Question = { id: 'virtio-gpu.device', why: 'virtio-gpu is the display that this is about' };
  return [no(question, 'none', 'add `-device virtio-gpu-pci,blob=true` to QEMU, and load `virtio-gpu` in the guest')];
}

function checkOne(reading: DeviceReading, files: Files): Check[] {
  const device = nameOf(reading.device);
  const name = device.split('/').at(-1) ?? '';
  const place = files.real(`/sys/class/drm/${name}/device`) ?? '';
  const bits = featureBits(files, place);
  const asked = reading.virtio ?? { fault: new Error('not virtio-gpu') };
  return [
    checkBlob(device, asked, bits),
    check3d(device, asked, bits),
    checkOthers(device, asked),
    checkDebugfs(device, files, name),
    checkAddresses(device, files, place, bits),
  ];
}

/** Source: linux/virtio_gpu.h and virtio_config.h. */
const featureBit = { virgl: 0, resourceBlob: 3, accessPlatform: 33 } as const;

/** The features agreed upon, a character a bit; open to every user. Undefined off sysfs. */
function featureBits(files: Files, place: string): string | undefined {
  const child = files.names(place).find((name) => /^virtio\d+$/.test(name));
  const text = files.text(child === undefined ? `${place}/features` : `${place}/${child}/features`)?.trim();
  return text !== undefined && /^[01]{34,}$/.test(text) ? text : undefined;
}

function feature(
  asked: Attempt<VirtioParameters>,
  parameter: 'blob' | 'features3d',
  bits: string | undefined,
  bit: number,
): boolean | undefined {
  return valueOf(asked)?.[parameter] ?? (bits === undefined ? undefined : bits[bit] === '1');
}

function unanswered(question: Question, asked: Attempt<VirtioParameters>): Check {
  if ('fault' in asked) return failed(question, asked.fault, 'unknown');
  return unknown(question, 'this kernel does not know the parameter', 'use Linux 5.10 or later in the guest');
}

function checkBlob(device: string, asked: Attempt<VirtioParameters>, bits: string | undefined): Check {
  const why = 'a foreign buffer reaches the host as a blob resource; without them the display takes only its own';
  const question: Question = { id: 'virtio-gpu.blob', why, device };
  const blob = feature(asked, 'blob', bits, featureBit.resourceBlob);
  if (blob === undefined) return unanswered(question, asked);
  if (blob) return ok(question, 'blob resources on');
  const advice =
    'start QEMU on a Linux host with `-device virtio-gpu-pci,blob=true`, a memory-backend-memfd with share=on, and /dev/udmabuf; in a libvirt domain (9.2 or later): <model type="virtio" blob="on"> and <memoryBacking><source type="memfd"/><access mode="shared"/></memoryBacking>';
  return no(question, 'blob resources off', advice);
}

function check3d(device: string, asked: Attempt<VirtioParameters>, bits: string | undefined): Check {
  const why = 'with 3D (virgl) on, most kernels refuse foreign buffers; which ones do not changed with point releases';
  const question: Question = { id: 'virtio-gpu.3d', why, device };
  const virgl = feature(asked, 'features3d', bits, featureBit.virgl);
  if (virgl === undefined) return unanswered(question, asked);
  if (!virgl) return ok(question, '3D off, as it should be');
  return unknown(
    question,
    '3D on: the trial below decides',
    'use `virtio-gpu-pci` and not `virtio-gpu-gl-pci` or `virtio-vga-gl`; in a libvirt domain <acceleration accel3d="no"/>',
  );
}

function checkOthers(device: string, asked: Attempt<VirtioParameters>): Check {
  const why = 'for bug reports: guesthead needs none of these';
  const question: Question = { id: 'virtio-gpu.parameters', why, device };
  if ('fault' in asked) return failed(question, asked.fault, 'unknown');
  const { hostVisible, crossDevice, contextInit, capsets, blobAlignmentBytes } = asked.value;
  const flag = (value: boolean | null) => (value === null ? 'unknown here' : value ? 'yes' : 'no');
  const found = [
    `host-visible ${flag(hostVisible)}`,
    `cross-device ${flag(crossDevice)}`,
    `context-init ${flag(contextInit)}`,
    `capsets ${capsets === null ? 'unknown here' : `0x${capsets.toString(16)}`}`,
    `blob alignment ${blobAlignmentBytes === null ? 'none' : `${blobAlignmentBytes} bytes`}`,
  ];
  return ok(question, found.join(', '));
}

function checkDebugfs(device: string, files: Files, name: string): Check {
  const why = 'for bug reports: what the driver itself says of its features';
  const question: Question = { id: 'virtio-gpu.debugfs', why, device };
  const minor = /\d+$/.exec(name)?.[0] ?? '';
  const text = files.text(`/sys/kernel/debug/dri/${minor}/virtio-gpu-features`);
  const lockdown = /\[(integrity|confidentiality)\]/.exec(files.text('/sys/kernel/security/lockdown') ?? '')?.[1];
  if (text === undefined && lockdown !== undefined)
    return unknown(question, `the kernel is locked down (${lockdown}), as with Secure Boot, which closes debugfs`);
  if (text === undefined) return unknown(question, 'not readable here', 'run as root, with debugfs mounted, to see it');
  return ok(question, parseFeatures(text).join(', '));
}

/** Lines such as `virgl            : no`. Source: virtgpu_debugfs.c. */
export function parseFeatures(text: string): string[] {
  const rows = [...text.matchAll(/^\s*(\S.*?)\s*:\s*(.*\S)\s*$/gm)];
  return rows.map(([, name = '', value = '']) => `${name} ${value}`);
}

function checkAddresses(device: string, files: Files, place: string, bits: string | undefined): Check {
  const why =
    'the driver tells the host DMA addresses; with an IOMMU in the guest that virtio-gpu does not use, they are wrong and the picture is black';
  const question: Question = { id: 'virtio-gpu.addresses', why, device };
  if (bits === undefined) return unknown(question, 'the device’s features are not in sysfs');
  if (bits[featureBit.accessPlatform] === '1') return ok(question, 'the device uses the platform’s addresses');
  const type = valueOf(attempt(() => files.text(`${place}/iommu_group/type`)?.trim()));
  if (type === undefined || type === 'identity') return ok(question, 'no IOMMU in between');
  const advice = 'add `iommu_platform=on` to QEMU’s virtio-gpu device, or start the guest without a vIOMMU';
  return unknown(question, `behind an IOMMU (${type}) that the device does not use`, advice);
}
