/**
 * The one error class of the project and what an errno means to a caller.
 * Imports nothing of the project, so that every layer can use it.
 */
import { constants } from 'node:os';

/** Stable codes: programs may compare them; a code is never renamed or reused. */
export type ErrorCode =
  | 'ERR_USAGE'
  | 'ERR_CLOSED'
  | 'ERR_LIBRARY_MISSING'
  | 'ERR_ADDON_MISSING'
  | 'ERR_NO_DEVICE'
  | 'ERR_NOT_DRM'
  | 'ERR_PERMISSION'
  | 'ERR_NOT_MASTER'
  | 'ERR_SEAT'
  | 'ERR_NO_CONNECTOR'
  | 'ERR_NO_MODE'
  | 'ERR_NO_PLANE'
  | 'ERR_NO_PROGRAM'
  | 'ERR_UNSUPPORTED'
  | 'ERR_ALLOCATION'
  | 'ERR_IMPORT_REFUSED'
  | 'ERR_HOST_REFUSED'
  | 'ERR_HOST_PAUSED'
  | 'ERR_COMMIT'
  | 'ERR_FLIP_TIMEOUT'
  | 'ERR_DEVICE_LOST'
  | 'ERR_DRAW'
  | 'ERR_GL'
  | 'ERR_GL_TIMEOUT'
  | 'ERR_SHADER'
  | 'ERR_KEYMAP'
  | 'ERR_CALLBACK'
  | 'ERR_PROTOCOL'
  | 'ERR_SYSTEM'
  | 'ERR_LAB'
  | 'ERR_QEMU'
  | 'ERR_CAPTURE';

export interface ErrorDetails {
  /** What was being done: a libdrm function, an ioctl, a step of the set-up. */
  readonly operation?: string | undefined;
  /** The device node or program concerned, e.g. `/dev/dri/card0`. */
  readonly device?: string | undefined;
  /** Positive errno of the failed call. */
  readonly errno?: number | undefined;
  /** What to change, and where: guest kernel, QEMU flag, permission. */
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/** Every failure that guesthead reports; `message` reads as one sentence for people. */
export class GuestheadError extends Error {
  override readonly name = 'GuestheadError';
  readonly operation: string | undefined;
  readonly device: string | undefined;
  readonly errno: number | undefined;
  readonly advice: string | undefined;

  constructor(
    readonly code: ErrorCode,
    what: string,
    details: ErrorDetails = {},
  ) {
    super(sentence(what, details), details.cause === undefined ? {} : { cause: details.cause });
    this.operation = details.operation;
    this.device = details.device;
    this.errno = details.errno;
    this.advice = details.advice;
  }
}

function sentence(what: string, { operation, device, errno }: ErrorDetails): string {
  const where = device === undefined ? '' : ` on ${device}`;
  const reason = errno === undefined ? '' : `: ${errnoName(errno)}`;
  const call = operation === undefined ? '' : ` (${operation}${reason})`;
  return `${what}${where}${call === '' ? reason : call}`;
}

const names = new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));

/** `13` → `'EACCES'`; an unknown number is given as it is. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** The positive errno of a Node, addon or guesthead error, or undefined. */
export function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? Math.abs(error.errno) : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same, and what to change, where the error says so: one line. */
export function messageAndAdvice(error: unknown): string {
  const advice = error instanceof GuestheadError && error.advice !== undefined ? ` → ${error.advice}` : '';
  return `${messageOf(error)}${advice}`;
}

/** What a failed commit asks of the loop. */
export type FailureKind = 'wait' | 'regain' | 'step-down' | 'lost' | 'fatal';

/**
 * The one place where an errno becomes a decision: *wait* a moment and try again,
 * *regain* DRM master and set the mode again, *step down* to another buffer path,
 * the device is *lost*, or the failure is *fatal*.
 */
export function classifyErrno(errno: number): FailureKind {
  const e = constants.errno;
  switch (errno) {
    case e.EINTR:
    case e.EAGAIN:
    case e.EBUSY:
    case e.ENOMEM:
      return 'wait';
    case e.EACCES:
    case e.EPERM:
      return 'regain';
    case e.EINVAL:
    case e.ENOSPC:
    case e.EOPNOTSUPP:
      return 'step-down';
    case e.ENODEV:
    case e.ENXIO:
      return 'lost';
    default:
      return 'fatal';
  }
}

/** Whether it failed as if its device were gone; only an ioctl proves that. */
export function saysLost(error: unknown): boolean {
  const errno = errnoOf(error);
  const isCoded = error instanceof GuestheadError && error.code === 'ERR_DEVICE_LOST';
  return isCoded || (errno !== undefined && classifyErrno(errno) === 'lost');
}

/** Whether what failed may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && classifyErrno(errno) === 'wait';
}

/** What the limits of this process or machine ask for. */
const limitAdvice: Readonly<Record<string, string>> = {
  EMFILE: 'raise the limit of open files (ulimit -n, or LimitNOFILE of the service)',
  ENFILE: 'the whole system is out of open files: raise fs.file-max',
  ENOMEM: 'give the guest more memory, or raise the limit of address space (ulimit -v)',
};

/** An error of the addon or of Node as one of ours: ERR_SYSTEM with the call and the errno; others as they are. */
export function coded(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const errno = errnoOf(error);
  if (error instanceof GuestheadError || errno === undefined) return error;
  const operation = 'syscall' in error ? String(error.syscall) : undefined;
  const advice = limitAdvice[errnoName(errno)];
  return new GuestheadError('ERR_SYSTEM', 'A system call failed', { operation, errno, cause: error, advice });
}
