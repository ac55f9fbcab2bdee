/** GBM: buffers allocated by the render GPU's own driver, through Mesa. */
import { closeSync } from 'node:fs';
import { GuestheadError, type ErrorCode } from '../errors.js';
import { gbmImport, gbmUsage } from './constants.js';
import { failure } from './failures.js';
import { INVALID, formatName } from './fourcc.js';
import { GbmBuffer } from './gbm-buffer.js';
import type { DmabufFd } from './ids.js';
import { lastErrno, onThread, type Address } from './library.js';
import { libgbm } from './libgbm-library.js';
import { clearErrno, copyString } from './memory.js';
import { buildStruct, structs } from './structs.js';

export interface BufferShape {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A four-character code; see `format`. */
  readonly format: number;
}

export interface BufferOptions extends BufferShape {
  /** `gbmUsage` flags, combined with `|`. */
  readonly usage: number;
}

export interface ModifierBufferOptions extends BufferShape {
  /** The layouts that the user of the buffer accepts; the driver takes the one it likes best. */
  readonly modifiers: readonly bigint[];
  /** `gbmUsage` flags; scanout unless given, and always where libgbm has no gbm_bo_create_with_modifiers2. */
  readonly usage?: number | undefined;
}

export interface DmabufOptions extends BufferOptions {
  /** Stays the caller's, who may close it once the import is done. */
  readonly fd: DmabufFd;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Bytes from the dma-buf's start; 0 unless given. */
  readonly offset?: number | undefined;
  readonly modifier?: bigint | undefined;
}

const hangAdvice = 'see `dmesg`; a buffer path that needs no allocation on the render GPU is `udmabuf`';

/**
 * A GBM device on a caller's open file. Every method but `close` and `abandon` throws after either, `ERR_CLOSED` or `ERR_GL_TIMEOUT`.
 *
 *   open ──close──► closed ──the last loan is given back──► destroyed      at once where nothing is lent
 *     └───abandon─► closed, and no buffer of it is destroyed before that either
 */
export class GbmDevice {
  readonly #buffers = new Set<GbmBuffer>();
  /** Closed, but not destroyed: a thread that hangs may hold what the driver would wait for. */
  readonly #left: Address[] = [];
  #loans = 0;
  #closed = false;
  #abandoned = false;
  #destroyed = false;

  private constructor(
    readonly fd: number,
    private readonly device: Address,
    private readonly ownsFd = false,
  ) {}

  /**
   * Uses `fd`, an open DRM node, and does not own it: it must stay open until after `close()`.
   * @throws GuestheadError `ERR_UNSUPPORTED` where Mesa has no driver for the node.
   */
  static create(fd: number): GbmDevice {
    const { gbm_create_device: createDevice } = libgbm();
    clearErrno();
    const address = createDevice(fd);
    if (address !== 0n) return new GbmDevice(fd, address);
    const call = { fd, operation: 'gbm_create_device', what: 'Cannot create a GBM device' };
    throw failure('ERR_UNSUPPORTED', call, lastErrno(), 'Install the Mesa driver for this GPU (libgl1-mesa-dri)');
  }

  /** As `create`, on a thread: Mesa loads its driver, and that its compiler, which other work need not wait for. */
  static async createOnThread(fd: number): Promise<GbmDevice> {
    const address = await onThread(libgbm().gbm_create_device, fd);
    return address === 0n ? GbmDevice.create(fd) : new GbmDevice(fd, address); // once more, for its errno
  }

  /** As `createOnThread`, and `fd` is the device's own from now on, closed with it or where it cannot be made. */
  static async adoptOnThread(fd: number): Promise<GbmDevice> {
    try {
      const { device } = await GbmDevice.createOnThread(fd);
      return new GbmDevice(fd, device, true);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** The `struct gbm_device *`, for EGL: valid until `close()`. */
  get address(): Address {
    return this.#open();
  }

  /** Mesa's name, e.g. `drm`; or that of a vendor's own backend, e.g. `nvidia`. */
  get backendName(): string {
    return copyString(libgbm().gbm_device_get_backend_name(this.#open()));
  }

  /** Whether buffers of the format can have all of the usage. */
  supports(format: number, usage: number): boolean {
    return libgbm().gbm_device_is_format_supported(this.#open(), format, usage) !== 0;
  }

  /** Whether the driver knows the format in this layout; no where Mesa cannot tell. */
  takesModifier(format: number, modifier: bigint): boolean {
    const { gbm_device_get_format_modifier_plane_count: planeCount } = libgbm();
    return planeCount !== undefined && planeCount(this.#open(), format, modifier) > 0;
  }

  /** @throws GuestheadError `ERR_ALLOCATION` with the errno, where Mesa sets one. */
  createBuffer({ width, height, format, usage }: BufferOptions): GbmBuffer {
    const device = this.#open();
    const { gbm_bo_create: create } = libgbm();
    clearErrno();
    const address = create(device, width, height, format, usage);
    return this.#adopt(address, 'gbm_bo_create', () => allocationFailed({ width, height, format }));
  }

  /** @throws GuestheadError `ERR_ALLOCATION` with the errno: none of the modifiers will do, for one. */
  createBufferWithModifiers(options: ModifierBufferOptions): GbmBuffer {
    const { width, height, format, modifiers, usage = gbmUsage.scanout } = options;
    const device = this.#open();
    const { gbm_bo_create_with_modifiers: create, gbm_bo_create_with_modifiers2: create2 } = libgbm();
    const list = Buffer.alloc(modifiers.length * 8);
    modifiers.forEach((modifier, index) => list.writeBigUInt64LE(modifier, index * 8));
    const shape = [device, width, height, format, list, modifiers.length] as const;
    clearErrno();
    const address = create2 === undefined ? create(...shape) : create2(...shape, usage);
    const operation = create2 === undefined ? 'gbm_bo_create_with_modifiers' : 'gbm_bo_create_with_modifiers2';
    return this.#adopt(address, operation, () => allocationFailed({ width, height, format }));
  }

  /**
   * Imports another device's buffer of one plane. The memory is shared, not copied.
   * @throws GuestheadError `ERR_IMPORT_REFUSED` with the errno, where Mesa sets one.
   */
  importDmabuf(options: DmabufOptions): GbmBuffer {
    const device = this.#open();
    const [type, description] = describeImport(options);
    const { gbm_bo_import: importBuffer } = libgbm();
    clearErrno();
    const address = importBuffer(device, type, description, options.usage);
    return this.#adopt(address, 'gbm_bo_import', () => importRefused(options));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Another thread uses the device until the function returned is called, which is idempotent: it is not destroyed before. */
  lend(): () => void {
    this.#open();
    let lent = true;
    this.#loans++;
    return () => {
      if (!lent) return;
      lent = false;
      this.#loans--;
      this.#destroyIfUnused();
    };
  }

  /** In place of `close` where a thread that it is lent to hangs in the driver: nothing calls that before it is given back. */
  abandon(): void {
    if (this.#closed) return;
    this.#abandoned = true;
    this.close();
  }

  /** Closes the buffers that are still open, then the device. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#abandoned) for (const buffer of [...this.#buffers]) buffer.close();
    this.#destroyIfUnused();
  }

  #destroyIfUnused(): void {
    if (!this.#closed || this.#loans > 0 || this.#destroyed) return;
    this.#destroyed = true;
    for (const buffer of [...this.#buffers]) buffer.close();
    for (const address of this.#left.splice(0)) libgbm().gbm_bo_destroy(address);
    libgbm().gbm_device_destroy(this.device);
    if (this.ownsFd) closeSync(this.fd);
  }

  #destroyBuffer(buffer: GbmBuffer, address: Address): void {
    this.#buffers.delete(buffer);
    if (this.#abandoned && !this.#destroyed) this.#left.push(address);
    else libgbm().gbm_bo_destroy(address);
  }

  /** `address` comes from the call just made: errno is still that call's. */
  #adopt(address: Address, operation: string, explain: () => Refusal): GbmBuffer {
    if (address === 0n) {
      const errno = lastErrno();
      const { code, what, advice } = explain();
      throw failure(code, { fd: this.fd, operation, what }, errno, advice);
    }
    const owner = { fd: this.fd, destroy: (closed: GbmBuffer) => this.#destroyBuffer(closed, address) };
    const buffer = new GbmBuffer(owner, address);
    this.#buffers.add(buffer);
    return buffer;
  }

  #open(): Address {
    if (this.#abandoned)
      throw new GuestheadError('ERR_GL_TIMEOUT', 'The GPU’s driver is held by a thread that hangs in it', {
        advice: hangAdvice,
      });
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The GBM device is closed');
    return this.device;
  }
}

interface Refusal {
  readonly code: ErrorCode;
  readonly what: string;
  readonly advice: string;
}

function allocationFailed(shape: BufferShape): Refusal {
  return {
    code: 'ERR_ALLOCATION',
    what: `Cannot allocate ${describe(shape)}`,
    advice: 'Ask for linear usage only or a common format such as XRGB8888; on vgem, open the primary node (card*)',
  };
}

function importRefused(shape: BufferShape): Refusal {
  return {
    code: 'ERR_IMPORT_REFUSED',
    what: `Cannot import a dma-buf as ${describe(shape)}`,
    advice: 'Check that format, stride and modifier are the exporter’s; a linear buffer is the likeliest to be taken',
  };
}

function describe({ width, height, format }: BufferShape): string {
  return `${width}×${height} ${formatName(format)}`;
}

/** Only the struct with a modifier has an offset; `INVALID` there means the same as no modifier. */
function describeImport(options: DmabufOptions): [type: number, description: Buffer] {
  const { fd, width, height, format, stride, offset = 0, modifier } = options;
  if (modifier === undefined && offset === 0) {
    return [gbmImport.fd, buildStruct(structs.gbm_import_fd_data, { fd, width, height, stride, format })];
  }
  const layout = structs.gbm_import_fd_modifier_data;
  const first = { fds: fd, strides: stride, offsets: offset };
  const description = buildStruct(layout, { width, height, format, num_fds: 1, ...first });
  description.writeBigUInt64LE(modifier ?? INVALID, layout.fields.modifier);
  return [gbmImport.fdModifier, description];
}
