/** What a failed call of libdrm becomes. */
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { GuestheadError, type ErrorCode } from '../errors.js';
import { lastErrno, type Address } from './library.js';

/** Says which call failed, on which open file, and in words for people. */
export interface Call {
  readonly fd: number;
  /** The C function or the ioctl. */
  readonly operation: string;
  /** What could not be done: the start of the error's message. */
  readonly what: string;
}

/** Passes a result on; throws where it is negative. */
export function check(result: number, call: Call): number {
  if (result < 0) throw systemError(call, errnoOfResult(result));
  return result;
}

/** For a call that ends something: a device that is gone has taken it along, and there is nothing left to end. */
export function checkEnded(result: number, call: Call): void {
  if (result < 0) throwUnlessGone(call, errnoOfResult(result));
}

/** The same where the errno is known. */
export function throwUnlessGone(call: Call, errno: number | undefined): void {
  const { ENODEV, ENXIO } = constants.errno;
  if (errno !== ENODEV && errno !== ENXIO) throw systemError(call, errno);
}

/** Passes an address on; throws where it is NULL. */
export function checkPointer(address: Address, call: Call): Address {
  if (address === 0n) throw systemError(call, lastErrno());
  return address;
}

/**
 * libdrm's drmMode functions return -errno, the others -1 with `errno` set. A -1
 * of the first kind is EPERM, and then `errno` says so as well.
 */
export function errnoOfResult(result: number): number | undefined {
  return result === -1 ? lastErrno() : -result;
}

/** The code and the advice that an errno brings with it, whatever the call; ERR_SYSTEM where it brings none. */
export function systemError(call: Call, errno: number | undefined): GuestheadError {
  const { EACCES, EPERM, ENODEV, ENXIO } = constants.errno;
  switch (errno) {
    case EACCES:
    case EPERM:
      return failure('ERR_PERMISSION', call, errno, permissionAdvice);
    case ENODEV:
    case ENXIO:
      return failure('ERR_DEVICE_LOST', call, errno, lostAdvice);
    default:
      return failure('ERR_SYSTEM', call, errno);
  }
}

const permissionAdvice =
  'Open the primary node (/dev/dri/card*), and be DRM master if the call changes what is displayed';
const lostAdvice = 'The device was unbound or unplugged: close it, and open it again once it is back';

export function failure(code: ErrorCode, call: Call, errno: number | undefined, advice?: string): GuestheadError {
  return new GuestheadError(code, call.what, { operation: call.operation, device: nodeOf(call.fd), errno, advice });
}

/** The path behind a file descriptor: an error that names only a number helps nobody. */
function nodeOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
