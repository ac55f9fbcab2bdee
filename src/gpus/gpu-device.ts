/** One of the two devices, as a compositor names it to EGL, GBM and its Wayland clients. */
import { fstatSync, openSync, constants as open } from 'node:fs';
import { errnoName, errnoOf, GuestheadError } from '../errors.js';
import type { DrmDevice, DrmNode } from '../device/index.js';

/** A device's number, `dev_t`. */
export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
  /** Both in one, as stat(2) gives it: what zwp_linux_dmabuf_feedback_v1 takes, in 8 bytes. */
  readonly value: bigint;
}

export interface GpuDevice {
  /** The node that is open: `/dev/dri/renderD128`. */
  readonly path: string;
  readonly driver: string;
  /** PCI address, e.g. `0000:00:02.0`; undefined off the PCI bus. */
  readonly pci: string | undefined;
  readonly devT: DeviceNumber;
}

export interface RenderDevice extends GpuDevice {
  /**
   * A new descriptor of the node for EGL, GBM or Vulkan, which the caller owns and closes. It is an open file of its
   * own: its GEM handles are not those of the heads, and it stays open when the pair is closed or the
   * device is lost. Throws ERR_PERMISSION or ERR_DEVICE_LOST.
   */
  open(): number;
}

interface Opened {
  readonly found: Pick<DrmDevice, 'pci'>;
  readonly node: Pick<DrmNode, 'fd' | 'path' | 'driver'>;
}

export function describeGpu({ found: { pci }, node }: Opened): GpuDevice {
  return { path: node.path, driver: node.driver, pci, devT: deviceNumber(node.fd) };
}

export function describeRender(opened: Opened): RenderDevice {
  return { ...describeGpu(opened), open: () => openAgain(opened.node) };
}

/** Source: glibc's sys/sysmacros.h. */
export function deviceNumberOf(value: bigint): DeviceNumber {
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xffff_f000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffff_ff00n);
  return { major: Number(major), minor: Number(minor), value };
}

function deviceNumber(fd: number): DeviceNumber {
  return deviceNumberOf(fstatSync(fd, { bigint: true }).rdev);
}

/** By the descriptor and not by the path, under which another device may be by now. */
function openAgain({ fd, path }: Opened['node']): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, open.O_RDWR); /* libuv adds O_CLOEXEC */
  } catch (cause) {
    const errno = errnoOf(cause);
    const isDenied = errno !== undefined && ['EACCES', 'EPERM'].includes(errnoName(errno));
    throw new GuestheadError(isDenied ? 'ERR_PERMISSION' : 'ERR_DEVICE_LOST', 'The render GPU cannot be opened again', {
      device: path,
      operation: 'open',
      errno,
      cause,
      advice: isDenied ? 'join the group `render`: each open is checked anew' : undefined,
    });
  }
}
