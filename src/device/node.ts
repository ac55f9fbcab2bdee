/** An open DRM node: the owner of its descriptor. */
import { closeSync, constants as open, openSync } from 'node:fs';
import { constants } from 'node:os';
import { GuestheadError, errnoOf } from '../errors.js';
import { quietly } from '../owner.js';
import {
  capability,
  clientCapability,
  dropMaster,
  getCapability,
  getPlanes,
  getProperties,
  getResources,
  getVersion,
  isMaster,
  setClientCapability,
  setMaster,
  type ConnectorId,
  type CrtcId,
  type PlaneId,
  type Property,
  type PropertyDefinitions,
} from '../ffi/index.js';
import { bufferCalls, kmsCalls } from './calls.js';
import { openFailure } from './open-failure.js';
import { parkDescriptor } from './park.js';
import { holderAdvice, masterHolder } from './master-holder.js';

const primeImport = 1n;
const primeExport = 2n;

/** What a session manager opened for us, for as long as it is there: until then it says who is DRM master, and we never do. */
export interface NodeLease {
  readonly ended: boolean;
  /** The node is closed, or parked. Throws nothing. */
  close(): void;
}

/** Of a descriptor that a program brings: its session manager is the program's affair. */
const endless: NodeLease = { ended: false, close: () => undefined };

/** Closes once; `fd` throws ERR_CLOSED afterwards. */
export class DrmNode {
  #fd: number | undefined;
  readonly buffers = bufferCalls(() => this.fd);
  readonly kms = kmsCalls(() => this.fd);
  readonly #definitions: PropertyDefinitions = new Map();

  private constructor(
    fd: number,
    readonly path: string,
    readonly driver: string,
    private readonly lease?: NodeLease,
  ) {
    this.#fd = fd;
  }

  /** Throws ERR_NO_DEVICE, ERR_PERMISSION or ERR_NOT_DRM; nothing stays open then. */
  static open(path: string): DrmNode {
    const fd = openFd(path);
    try {
      return new DrmNode(fd, path, getVersion(fd).name);
    } catch (error) {
      closeSync(fd);
      throw error instanceof GuestheadError && error.code === 'ERR_NOT_DRM'
        ? new GuestheadError('ERR_NOT_DRM', 'This is not a DRM node', { device: path, cause: error })
        : error;
    }
  }

  /**
   * A node that a session manager opened for this process: `fd` is of the same open file, and this
   * node's own from now on, and so is the lease. Whether it is DRM master, the session manager decides. Throws as `open` does;
   * the descriptor is closed then, and the lease is the caller's still.
   */
  static adopt(fd: number, path: string, lease: NodeLease = endless): DrmNode {
    try {
      return new DrmNode(fd, path, getVersion(fd).name, lease);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get fd(): number {
    if (this.#fd === undefined) throw new GuestheadError('ERR_CLOSED', 'The device is closed', { device: this.path });
    return this.#fd;
  }

  /** The object's properties by name, as they are now. */
  properties(
    object: CrtcId | ConnectorId | PlaneId,
    kind: 'crtc' | 'connector' | 'plane',
  ): ReadonlyMap<string, Property> {
    return getProperties(this.fd, object, kind, this.#definitions);
  }

  /** Asks what the properties of all objects are, which stays the same: here and now in place of later, one by one. */
  defineProperties(): void {
    const { crtcs, connectors } = getResources(this.fd);
    for (const id of crtcs) this.properties(id, 'crtc');
    for (const id of connectors) this.properties(id, 'connector');
    for (const id of getPlanes(this.fd)) this.properties(id, 'plane');
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    this.lease?.close();
  }

  /** In place of `close` where the kernel would hang in it; see `parkDescriptor`, which owns the descriptor from then on. */
  park(): void {
    if (this.#fd === undefined) return;
    parkDescriptor(this.#fd);
    this.#fd = undefined;
    this.lease?.close();
  }

  /**
   * Whether the device was unbound or unplugged, which the kernel is asked: it answers each ioctl
   * with ENODEV then, from before it sends the uevent on (drm_dev_unplug). False once closed.
   */
  isGone(): boolean {
    try {
      if (this.#fd !== undefined) getCapability(this.#fd, capability.prime);
      return false;
    } catch (error) {
      return isLoss(error);
    }
  }

  canExport(): boolean {
    return ((getCapability(this.fd, capability.prime) ?? 0n) & primeExport) !== 0n;
  }

  canImport(): boolean {
    return ((getCapability(this.fd, capability.prime) ?? 0n) & primeImport) !== 0n;
  }

  /**
   * Makes this open file an atomic KMS client and DRM master, or throws
   * ERR_UNSUPPORTED, ERR_NOT_MASTER (which names the holder where the system
   * tells) or ERR_DEVICE_LOST.
   */
  becomeAtomicMaster(): void {
    try {
      setClientCapability(this.fd, clientCapability.universalPlanes, 1n);
      setClientCapability(this.fd, clientCapability.atomic, 1n);
    } catch (cause) {
      if (isLoss(cause)) throw cause;
      throw new GuestheadError('ERR_UNSUPPORTED', 'The display has no atomic mode setting', {
        device: this.path,
        errno: errnoOf(cause),
        cause,
        advice: 'choose a KMS device with --display; virtio-gpu has it on every kernel since 4.4',
      });
    }
    this.#becomeMaster();
  }

  /**
   * After another process took the display: whether this one is DRM master, which it tries to become.
   * `onForbidden` is called where the kernel will not have it, whether the display is free or not.
   */
  regainMaster(onForbidden: (why: GuestheadError) => void = () => undefined): boolean {
    try {
      if (this.#managed) return isMaster(this.fd);
      if (!isMaster(this.fd)) setMaster(this.fd);
      return true;
    } catch (error) {
      if (errnoOf(error) === constants.errno.EACCES) onForbidden(forbidden(this.path, error));
      return false; // EBUSY: it is still the other's
    }
  }

  /** Lets another process show something; harmless where we are not master, or where that is not ours to decide. */
  giveUpMaster(): void {
    if (this.#managed) return;
    const drop = () => {
      if (this.#fd !== undefined && isMaster(this.#fd)) dropMaster(this.#fd);
    };
    if (this.lease === undefined) drop();
    else quietly(drop); // of a file that another process has opened, only CAP_SYS_ADMIN may
  }

  get #managed(): boolean {
    return this.lease?.ended === false;
  }

  #becomeMaster(): void {
    if (isMaster(this.fd)) return; // the first to open a primary node is master
    if (this.#managed) throw notActive(this.path);
    try {
      setMaster(this.fd);
    } catch (cause) {
      if (isLoss(cause)) throw cause;
      const holder = masterHolder(this.path);
      const who = holder === undefined ? '' : `: ${holder.command} (pid ${holder.pid})`;
      throw new GuestheadError('ERR_NOT_MASTER', `Another process holds the display (DRM master)${who}`, {
        device: this.path,
        errno: errnoOf(cause),
        cause,
        advice: holderAdvice(holder),
      });
    }
  }
}

/** Since Linux 5.8 an open file that was master may be master again (drm_master_check_perm in drm_auth.c). */
function forbidden(device: string, cause: unknown): GuestheadError {
  return new GuestheadError('ERR_NOT_MASTER', 'This process may not become DRM master again', {
    device,
    operation: 'drmSetMaster',
    errno: constants.errno.EACCES,
    cause,
    advice:
      'give it CAP_SYS_ADMIN, use Linux 5.8 or later, or let a session manager (logind, seatd) open the display: `displayFd`',
  });
}

function notActive(device: string): GuestheadError {
  return new GuestheadError('ERR_NOT_MASTER', 'The descriptor of the display is not DRM master', {
    device,
    advice: 'give it to `openGpus` while the session is active: after the session manager (libseat, logind) enabled it',
  });
}

function isLoss(error: unknown): boolean {
  return error instanceof GuestheadError && error.code === 'ERR_DEVICE_LOST';
}

function openFd(path: string): number {
  try {
    return openSync(path, open.O_RDWR | open.O_NONBLOCK); /* libuv adds O_CLOEXEC */
  } catch (cause) {
    throw openFailure(path, cause);
  }
}
