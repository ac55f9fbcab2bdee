/** Everything that one DRM device tells, read through one open node that is closed at once. */
import type { DrmDevice } from '../device/index.js';
import { attempt, valueOf, type Attempt } from './check.js';
import { systemFiles, type Files } from './files.js';
import { openNode, type OpenedNode } from './opened-node.js';
import type { Capabilities, DeviceFacts, HeadFacts, VirtioParameters } from './report.js';

export interface DeviceReading {
  readonly device: DrmDevice;
  readonly serial: string | undefined;
  /** The node that could be opened: the primary one, else the render node. */
  readonly node: Attempt<string>;
  readonly capabilities: Attempt<Capabilities>;
  /** Of virtio-gpu only. */
  readonly virtio: Attempt<VirtioParameters> | undefined;
  /** Of devices with KMS only. */
  readonly heads: Attempt<readonly HeadFacts[]>;
  /** No other process is DRM master. */
  readonly masterIsFree: Attempt<boolean>;
}

export interface DeviceSources {
  readonly files: Files;
  /** Throws GuestheadError. */
  readonly open: (path: string) => OpenedNode;
}

export function readDevice(
  device: DrmDevice,
  { files, open }: DeviceSources = { files: systemFiles, open: openNode },
): DeviceReading {
  const serial = serialOf(files, device);
  const opened = openEither(device, open);
  if ('fault' in opened) {
    const { fault } = opened;
    const virtio = device.driver === 'virtio_gpu' ? { fault } : undefined;
    return { device, serial, node: opened, capabilities: opened, virtio, heads: opened, masterIsFree: opened };
  }
  const { node, path, primaryFault } = opened.value;
  try {
    return { device, serial, node: { value: path }, ...readNode(node, device, primaryFault) };
  } finally {
    node.close();
  }
}

interface Opened {
  readonly node: OpenedNode;
  readonly path: string;
  /** Where only the render node could be opened: why. */
  readonly primaryFault: unknown;
}

function openEither({ primary, render }: DrmDevice, open: DeviceSources['open']): Attempt<Opened> {
  const tryNode = (path: string | undefined, primaryFault?: unknown): Attempt<Opened> => {
    if (path === undefined) return { fault: primaryFault ?? new Error('The device has no node') };
    return attempt(() => ({ node: open(path), path, primaryFault }));
  };
  const first = tryNode(primary);
  if ('value' in first) return first;
  const second = tryNode(render, primary === undefined ? undefined : first.fault);
  return 'value' in second ? second : first;
}

function readNode(
  node: OpenedNode,
  { driver, primary }: DrmDevice,
  primaryFault: unknown,
): Pick<DeviceReading, 'capabilities' | 'virtio' | 'heads' | 'masterIsFree'> {
  const capabilities = attempt(() => node.capabilities());
  const isPrimary = primary !== undefined && primaryFault === undefined;
  const kms = isPrimary && valueOf(capabilities)?.kms === true;
  const closed = primaryFault === undefined ? undefined : { fault: primaryFault };
  return {
    capabilities,
    virtio: driver === 'virtio_gpu' ? attempt(() => node.virtioParameters()) : undefined,
    heads: closed ?? attempt(() => (kms ? node.heads() : [])),
    masterIsFree: closed ?? attempt(() => node.isMaster()),
  };
}

/** PCI's own serial number, in kernels that tell it, or amdgpu's. */
function serialOf(files: Files, { primary, render }: DrmDevice): string | undefined {
  const name = (primary ?? render)?.split('/').at(-1) ?? '';
  const read = (file: string) => files.text(`/sys/class/drm/${name}/device/${file}`)?.trim();
  return [read('serial_number'), read('unique_id')].find((serial) => serial !== undefined && serial !== '');
}

export function factsOf(reading: DeviceReading): DeviceFacts {
  const { device, serial, capabilities, virtio, heads } = reading;
  return {
    driver: device.driver,
    pci: device.pci ?? null,
    primary: device.primary ?? null,
    render: device.render ?? null,
    serial: serial ?? null,
    capabilities: valueOf(capabilities) ?? null,
    virtio: virtio === undefined ? null : (valueOf(virtio) ?? null),
    heads: valueOf(heads) ?? [],
  };
}

/** `/dev/dri/card0`, for people: the first node the device has. */
export function nameOf({ primary, render, driver }: DrmDevice): string {
  return primary ?? render ?? driver;
}
