/** One buffer object of a GBM device. */
import { GuestheadError } from '../errors.js';
import { errnoOfResult, systemError } from './failures.js';
import type { DmabufFd, GemHandle } from './ids.js';
import type { Address } from './library.js';
import { libgbm } from './libgbm-library.js';
import { clearErrno } from './memory.js';

const upgrade = 'Upgrade Mesa: libgbm needs gbm_bo_get_fd_for_plane';

/** What a buffer needs of its device; holding it keeps the device alive. */
export interface BufferOwner {
  readonly fd: number;
  /** Called once, to destroy the buffer. */
  destroy(buffer: GbmBuffer): void;
}

/**
 * Made by a `GbmDevice` and owned by the caller, until `close()` or the device's.
 * Afterwards every member but the plain numbers throws `ERR_CLOSED`.
 */
export class GbmBuffer {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A four-character code; see `formatName`. */
  readonly format: number;
  /** Colour planes. */
  readonly planeCount: number;
  /** The layout; `INVALID` where the driver does not say. */
  readonly modifier: bigint;
  readonly #owner: BufferOwner;
  #address: Address | undefined;

  /** Takes over `address`, a `struct gbm_bo *`. */
  constructor(owner: BufferOwner, address: Address) {
    const gbm = libgbm();
    this.#owner = owner;
    this.#address = address;
    this.width = gbm.gbm_bo_get_width(address);
    this.height = gbm.gbm_bo_get_height(address);
    this.format = gbm.gbm_bo_get_format(address);
    this.planeCount = gbm.gbm_bo_get_plane_count(address);
    this.modifier = gbm.gbm_bo_get_modifier(address);
  }

  /** Bytes from one row to the next. */
  stride(plane = 0): number {
    return libgbm().gbm_bo_get_stride_for_plane(this.#open(), plane);
  }

  /** Bytes from the buffer object's start to the plane's. */
  offset(plane = 0): number {
    return libgbm().gbm_bo_get_offset(this.#open(), plane);
  }

  /**
   * The first plane's handle in the device's open file, and the buffer's: it must
   * not be closed, and means nothing to another open file.
   */
  get handle(): GemHandle {
    return Number(BigInt.asUintN(32, libgbm().gbm_bo_get_handle(this.#open()))) as GemHandle;
  }

  /**
   * Exports a plane's memory. Each call gives a new descriptor, the caller's, that
   * outlives the buffer. Mesa may export for reading only, and not at all what was
   * made with `gbmUsage.write`: then use `primeHandleToFd` with `handle`.
   * @throws GuestheadError `ERR_SYSTEM`, `ERR_PERMISSION`, `ERR_UNSUPPORTED`, `ERR_CLOSED`.
   */
  exportFd(plane = 0): DmabufFd {
    const address = this.#open();
    const { gbm_bo_get_fd_for_plane: getPlaneFd, gbm_bo_get_fd: getFd } = libgbm();
    if (plane > 0 && getPlaneFd === undefined) {
      throw new GuestheadError('ERR_UNSUPPORTED', 'This libgbm exports the first plane only', { advice: upgrade });
    }
    clearErrno();
    const fd = getPlaneFd === undefined ? getFd(address) : getPlaneFd(address, plane);
    if (fd >= 0) return fd as DmabufFd;
    const operation = getPlaneFd === undefined ? 'gbm_bo_get_fd' : 'gbm_bo_get_fd_for_plane';
    const call = { fd: this.#owner.fd, operation, what: `Cannot export plane ${plane}` };
    throw systemError(call, errnoOfResult(fd));
  }

  get closed(): boolean {
    return this.#address === undefined;
  }

  /** Idempotent. The memory lives on while an exported descriptor or an import of it does. */
  close(): void {
    if (this.#address === undefined) return;
    this.#address = undefined;
    this.#owner.destroy(this);
  }

  #open(): Address {
    if (this.#address === undefined) throw new GuestheadError('ERR_CLOSED', 'The GBM buffer is closed');
    return this.#address;
  }
}
