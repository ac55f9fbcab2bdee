/**
 * The device behind a file descriptor: driver, capabilities, names, master.
 * `fd` is an open DRM node everywhere, owned by the caller. A failed call throws
 * GuestheadError with `operation` and `errno`: `ERR_PERMISSION` for EACCES and
 * EPERM, `ERR_DEVICE_LOST` for ENODEV and ENXIO, `ERR_SYSTEM` for others, or what the function's comment says.
 */
import { constants } from 'node:os';
import type { capability, clientCapability } from './constants.js';
import { check, errnoOfResult, failure, systemError, type Call } from './failures.js';
import { lastErrno, type Address } from './library.js';
import { decodeAndFree, libdrm } from './libdrm-library.js';
import { copyMemory, copyString } from './memory.js';
import { StructReader, structs } from './structs.js';

/** The driver's own version; its numbers follow no common rule. */
export interface DriverVersion {
  /** The driver's name, e.g. `virtio_gpu`: what to choose devices by. */
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** As the driver writes it; recent kernels say `0`. */
  readonly date: string;
  readonly description: string;
}

export type Capability = (typeof capability)[keyof typeof capability];
export type ClientCapability = (typeof clientCapability)[keyof typeof clientCapability];

/** @throws GuestheadError `ERR_NOT_DRM` where the file is no DRM node. */
export function getVersion(fd: number): DriverVersion {
  const { drmGetVersion, drmFreeVersion } = libdrm();
  const address = drmGetVersion(fd);
  if (address === 0n) {
    const call = { fd, operation: 'drmGetVersion', what: 'Not a DRM device' };
    throw failure('ERR_NOT_DRM', call, lastErrno(), 'Name a node in /dev/dri');
  }
  return decodeAndFree(address, drmFreeVersion, decodeVersion);
}

function decodeVersion(address: Address): DriverVersion {
  const version = StructReader.at(structs.drmVersion, address);
  const text = (field: 'name' | 'date' | 'desc') =>
    copyMemory(version.address(field), version.uint32(`${field}_len`)).toString();
  return {
    name: text('name'),
    major: version.uint32('version_major'),
    minor: version.uint32('version_minor'),
    patch: version.uint32('version_patchlevel'),
    date: text('date'),
    description: text('desc'),
  };
}

/** The capability's value, or undefined where the kernel does not know it (EINVAL) or the driver is no KMS driver. */
export function getCapability(fd: number, which: Capability): bigint | undefined {
  const value = Buffer.alloc(8);
  const result = libdrm().drmGetCap(fd, BigInt(which), value);
  if (result === 0) return value.readBigUInt64LE();
  const errno = errnoOfResult(result);
  if (errno === constants.errno.EINVAL || errno === constants.errno.EOPNOTSUPP) return undefined;
  throw systemError({ fd, operation: 'drmGetCap', what: 'Cannot read a capability' }, errno);
}

/** Holds for this open file, until it is closed. EOPNOTSUPP: the driver cannot; EINVAL: the kernel does not know it. */
export function setClientCapability(fd: number, which: ClientCapability, value: bigint | number): void {
  const result = libdrm().drmSetClientCap(fd, BigInt(which), BigInt(value));
  check(result, { fd, operation: 'drmSetClientCap', what: `Cannot set client capability ${which}` });
}

/** @throws GuestheadError `ERR_NOT_MASTER` where another process is master, or where this one may not become it. */
export function setMaster(fd: number): void {
  const call = { fd, operation: 'drmSetMaster', what: 'Cannot become DRM master' };
  const advice = 'Stop the compositor or display manager that drives this display, or start from its virtual terminal';
  const { EACCES, EBUSY } = constants.errno;
  checkMaster(libdrm().drmSetMaster(fd), call, [EACCES, EBUSY], advice);
}

/** @throws GuestheadError `ERR_NOT_MASTER` where this open file was not master; the kernel then says EINVAL. */
export function dropMaster(fd: number): void {
  const call = { fd, operation: 'drmDropMaster', what: 'Cannot drop DRM master' };
  const { EACCES, EBUSY, EINVAL } = constants.errno;
  checkMaster(libdrm().drmDropMaster(fd), call, [EACCES, EBUSY, EINVAL]);
}

function checkMaster(result: number, call: Call, notMaster: readonly number[], advice?: string): void {
  if (result >= 0) return;
  const errno = errnoOfResult(result);
  if (errno === undefined || !notMaster.includes(errno)) throw systemError(call, errno);
  throw failure('ERR_NOT_MASTER', call, errno, advice);
}

/** Only for a DRM node: of any other file libdrm says true. */
export function isMaster(fd: number): boolean {
  return libdrm().drmIsMaster(fd) !== 0;
}

/** The node's path, e.g. `/dev/dri/card0`; undefined where libdrm finds none. */
export function deviceNameOf(fd: number): string | undefined {
  return ownedString(libdrm().drmGetDeviceNameFromFd2(fd));
}

/** The path of the same device's render node; undefined where it has none. */
export function renderNodeOf(fd: number): string | undefined {
  return ownedString(libdrm().drmGetRenderDeviceNameFromFd(fd));
}

function ownedString(address: Address): string | undefined {
  return address === 0n ? undefined : decodeAndFree(address, libdrm().drmFree, copyString);
}
