/** Everything that one DRM device tells, read through one open node that is closed at once. */
import { pathOf, type DrmDevice } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { attempt, valueOf, type Attempt } from './check.js';
import { systemFiles, type Files } from './files.js';
import { openNode, type OpenedNode } from './opened-node.js';
import type { Capabilities, DeviceFacts, HeadFacts, VirtioParameters } from './report.js';

export interface DeviceReading {
  readonly device: DrmDevice;
  readonly serial: string | undefined;
  /** The node that could be opened, by the kernel's name. */
  readonly node: Attempt<string>;
  readonly capabilities: Attempt<Capabilities>;
  /** Of virtio-gpu only. */
  readonly virtio: Attempt<VirtioParameters> | undefined;
  /** Of displays only. */
  readonly heads: Attempt<readonly HeadFacts[]>;
  /** No other process is DRM master. */
  readonly masterIsFree: Attempt<boolean>;
}

export interface DeviceSources {
  readonly files: Files;
  /** Throws GuestheadError. */
  readonly open: (path: string) => OpenedNode;
}

/**
 * A display is read through its primary node, or its render node where that is closed; for the
 * time of the reading this process is its DRM master where no other is. Of any other
 * device the primary node is left alone where it has another: a compositor may be starting on it.
 */
export function readDevice(
  device: DrmDevice,
  isDisplay: boolean,
  { files, open }: DeviceSources = { files: systemFiles, open: openNode },
): DeviceReading {
  const serial = serialOf(files, device);
  const opened = openEither(device, isDisplay, open);
  if ('fault' in opened) {
    const { fault } = opened;
    const virtio = device.driver === 'virtio_gpu' ? { fault } : undefined;
    return { device, serial, node: opened, capabilities: opened, virtio, heads: opened, masterIsFree: opened };
  }
  const { node, path } = opened.value;
  try {
    return { device, serial, node: { value: path }, ...readNode(opened.value, device, isDisplay) };
  } finally {
    node.close();
  }
}

interface Opened {
  readonly node: OpenedNode;
  /** By the kernel's name. */
  readonly path: string;
  /** Where the node that was wanted could not be opened, and the other could: why. */
  readonly earlierFault: unknown;
}

function openEither(device: DrmDevice, isDisplay: boolean, open: DeviceSources['open']): Attempt<Opened> {
  const { primary, render } = device;
  const [wanted, other] = isDisplay ? [primary, render] : [render, primary];
  const tryNode = (name: string | undefined, earlierFault?: unknown): Attempt<Opened> => {
    if (name === undefined) return { fault: earlierFault ?? new Error('The device has no node') };
    const path = pathOf(device, name);
    if (path === undefined) return { fault: notInDev(name) };
    return attempt(() => ({ node: open(path), path: name, earlierFault }));
  };
  const first = tryNode(wanted);
  if ('value' in first) return first;
  const second = tryNode(other, wanted === undefined ? undefined : first.fault);
  return 'value' in second ? second : first;
}

function notInDev(device: string): GuestheadError {
  return new GuestheadError('ERR_NO_DEVICE', 'The kernel has this node, but /dev lacks it', { device });
}

function readNode(
  { node, path, earlierFault }: Opened,
  { driver, primary }: DrmDevice,
  isDisplay: boolean,
): Pick<DeviceReading, 'capabilities' | 'virtio' | 'heads' | 'masterIsFree'> {
  const capabilities = attempt(() => node.capabilities());
  const kms = path === primary && valueOf(capabilities)?.kms === true;
  const closed = isDisplay && earlierFault !== undefined ? { fault: earlierFault } : undefined;
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
