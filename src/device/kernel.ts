/**
 * The one seam to the kernel: `gpus`, `kms`, `buffer` and `head` reach devices through
 * these interfaces only. `systemKernel` is the real one; `guesthead/testing` has another.
 */
import {
  deviceNameOf,
  GbmDevice,
  loadLibdrm,
  loadLibgbm,
  type BufferOptions,
  type ConnectorId,
  type CrtcId,
  type DmabufOptions,
  type GemHandle,
  type PlaneId,
  type Property,
} from '../ffi/index.js';
import type { GuestheadError } from '../errors.js';
import { loadNative, type Native } from '../native/index.js';
import type { BufferCalls, KmsCalls } from './calls.js';
import { discover, type DrmDevice } from './discover.js';
import { watchHostRefusals, type HostRefusal } from './kernel-log.js';
import { DrmNode, type NodeLease } from './node.js';
import { watchDrmEvents, type DrmUevent } from './uevents.js';

/** An open node of a GPU. Everything throws ERR_CLOSED after `close`, but `path`, `driver` and `close`. */
export interface GpuNode {
  readonly path: string;
  readonly driver: string;
  /** The node's own: for the addon, and for what libraries make of it. */
  readonly fd: number;
  readonly buffers: BufferCalls;
  canExport(): boolean;
  canImport(): boolean;
  isGone(): boolean;
  close(): void;
}

/** An open node of a GPU that shows. `DrmNode` says what each method does. */
export interface KmsNode extends GpuNode {
  readonly kms: KmsCalls;
  properties(
    object: CrtcId | ConnectorId | PlaneId,
    kind: 'crtc' | 'connector' | 'plane',
  ): ReadonlyMap<string, Property>;
  defineProperties(): void;
  becomeAtomicMaster(): void;
  regainMaster(onForbidden?: (why: GuestheadError) => void): boolean;
  giveUpMaster(): void;
  park(): void;
}

/** A buffer of the render GPU's; `GbmBuffer` says more. */
export interface AllocatedBuffer {
  readonly handle: GemHandle;
  readonly modifier: bigint;
  stride(plane?: number): number;
  offset(plane?: number): number;
  close(): void;
}

/** Allocates buffers on a render GPU; `GbmDevice` says more. */
export interface Allocator {
  /** Its `struct gbm_device *`, for EGL; 0n where there is none. Throws ERR_CLOSED. */
  readonly address: bigint;
  readonly backendName: string;
  supports(format: number, usage: number): boolean;
  takesModifier(format: number, modifier: bigint): boolean;
  createBuffer(options: BufferOptions): AllocatedBuffer;
  importDmabuf(options: DmabufOptions): AllocatedBuffer;
  /** Another thread uses it until the function returned is called, and it is not destroyed before. */
  lend(): () => void;
  /** Everything throws ERR_GL_TIMEOUT from now on; as a thread that it is lent to hangs, nothing calls the driver before it is given back. */
  abandon(): void;
  /** Closes the buffers that are still open, then the device. Idempotent. */
  close(): void;
}

export interface Kernel {
  /** The addon. Throws ERR_ADDON_MISSING. */
  readonly native: Native;
  /** Loads the libraries that the rest needs. Throws ERR_LIBRARY_MISSING or ERR_ADDON_MISSING. */
  load(): void;
  discover(): DrmDevice[];
  /** Throws ERR_NO_DEVICE, ERR_PERMISSION or ERR_NOT_DRM. */
  openNode(path: string): KmsNode;
  /** A duplicate of a descriptor that somebody else opened and keeps; DRM master stays theirs, for as long as the lease says. */
  duplicateNode(fd: number, path: string, lease?: NodeLease): KmsNode;
  /** The path of the node that a descriptor is of; undefined where it is of none. */
  nodeOf(fd: number): string | undefined;
  /** On the node's open file, which it keeps open until it is destroyed. Throws ERR_UNSUPPORTED. */
  createGbm(node: GpuNode): Promise<Allocator>;
  /** Until the function returned is called. Throws NativeError where nothing can be heard. */
  watchUevents(onEvent: (event: DrmUevent) => void): () => void;
  /** Until the function returned is called. */
  watchHostRefusals(onRefusal: (refusal: HostRefusal) => void): () => void;
}

export const systemKernel: Kernel = {
  get native() {
    return loadNative();
  },
  load: () => {
    loadLibdrm();
    loadLibgbm();
    loadNative(); // before Mesa, whose loading on a thread holds the dynamic linker's lock
  },
  discover: () => discover(),
  openNode: (path) => DrmNode.open(path),
  duplicateNode: (fd, path, lease) => DrmNode.adopt(loadNative().duplicate(fd), path, lease),
  nodeOf: (fd) => deviceNameOf(fd),
  createGbm: async ({ fd }) => GbmDevice.adoptOnThread(loadNative().duplicate(fd)),
  watchUevents: (onEvent) => watchDrmEvents(loadNative(), onEvent),
  watchHostRefusals: (onRefusal) => watchHostRefusals(loadNative(), onRefusal),
};
