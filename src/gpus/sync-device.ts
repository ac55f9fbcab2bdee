/**
 * Where DRM syncobjs are waited for and signalled. The kernel binds them to no device: what a client has made on one is imported on
 * any other whose driver has timelines.
 */
import { errnoName, GuestheadError, messageOf } from '../errors.js';
import type { Kernel } from '../device/index.js';
import type { NativeError } from '../native/index.js';
import type { NativeSyncDevice } from '../native/sync.js';

export interface SyncDevice {
  /** Of an open file of its own: nothing else is closed with it. */
  readonly device: NativeSyncDevice;
  /** `/dev/dri/renderD128`. */
  readonly path: string;
  readonly driver: string;
}

/** On the first of the nodes on which a trial works. Throws ERR_UNSUPPORTED, which says of each why not, or why none can be opened. */
export function openSyncDevice(
  paths: readonly (string | undefined)[],
  kernel: Pick<Kernel, 'openNode' | 'native'>,
): SyncDevice {
  const refusals = new Map<string, unknown>();
  for (const path of new Set(paths)) {
    if (path === undefined) continue;
    try {
      return openOn(path, kernel);
    } catch (error) {
      refusals.set(path, error);
    }
  }
  const [first] = refusals.values();
  if (first instanceof GuestheadError && [...refusals.values()].every((error) => error instanceof GuestheadError))
    throw first; // none was tried
  const reasons = [...refusals].map(([path, error]) => `${path}: ${reasonOf(error)}`);
  throw new GuestheadError('ERR_UNSUPPORTED', `No GPU has what explicit sync needs (${reasons.join('; ')})`, {
    advice: 'it needs Linux 6.6 and a driver with syncobj timelines, such as amdgpu, i915, xe or virtio_gpu',
  });
}

function openOn(path: string, kernel: Pick<Kernel, 'openNode' | 'native'>): SyncDevice {
  const node = kernel.openNode(path);
  try {
    return { device: kernel.native.openSyncDevice(node.fd), path, driver: node.driver };
  } finally {
    node.close();
  }
}

function reasonOf(error: unknown): string {
  const { syscall, errno } = error as Partial<NativeError>;
  if (syscall === undefined || errno === undefined) return messageOf(error);
  if (syscall === 'DRM_CAP_SYNCOBJ_TIMELINE') return 'its driver has no syncobj timelines';
  if (syscall === 'DRM_IOCTL_SYNCOBJ_EVENTFD' && errnoName(errno) === 'EINVAL')
    return 'its kernel is older than Linux 6.6';
  return `${syscall}: ${errnoName(errno)}`;
}
