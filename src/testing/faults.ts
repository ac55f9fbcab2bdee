/** What the fake kernel refuses: errnos queued by a test for the calls to come, and the record of the calls made. */
import { constants } from 'node:os';
import type { Allocator, BufferCalls, KmsCalls } from '../device/index.js';
import { GuestheadError, type ErrorCode } from '../errors.js';
import type { Native } from '../native/index.js';

/**
 * The calls that can be made to fail, by the names of what makes them; `testCommit`, `modeset`
 * and `flip` are the atomic commits by their flags: TEST_ONLY, ALLOW_MODESET, and others.
 */
export type FakeCall =
  | keyof BufferCalls
  | keyof KmsCalls
  | keyof Pick<Allocator, 'createBuffer' | 'importDmabuf'>
  | keyof Pick<Native, NativeCalls>
  | 'openNode'
  | 'createGbm'
  | 'properties'
  | 'becomeAtomicMaster'
  | 'watchUevents'
  | 'watchHostRefusals'
  | 'createScanout'
  | 'attach'
  | 'testCommit'
  | 'modeset'
  | 'flip';

type NativeCalls =
  | 'openDevice'
  | 'mapDmabuf'
  | 'exportSyncFile'
  | 'importSyncFile'
  | 'mergeSyncFiles'
  | 'syncFileInfo'
  | 'createUdmabuf'
  | 'dirtyFramebuffer';

export interface FaultOptions {
  /** How many calls succeed before. Default 0: the next one fails. */
  readonly after?: number;
  /** How many calls fail then; `Infinity`: all, until `recover`. Default 1. */
  readonly times?: number;
}

interface Fault {
  readonly call: FakeCall;
  readonly errno: number;
  after: number;
  times: number;
}

export class Faults {
  /** Every call made so far, in order, whether it succeeded or not. */
  readonly calls: FakeCall[] = [];
  #queued: Fault[] = [];

  fail(call: FakeCall, errno: number, { after = 0, times = 1 }: FaultOptions = {}): void {
    this.#queued.push({ call, errno, after, times });
  }

  /** Forgets what was queued for this call, or for all. */
  recover(call?: FakeCall): void {
    this.#queued = call === undefined ? [] : this.#queued.filter((fault) => fault.call !== call);
  }

  /** To be asked once for each call: the errno that it fails with, or 0. */
  take(call: FakeCall): number {
    this.calls.push(call);
    const fault = this.#queued.find((queued) => queued.call === call && queued.times > 0);
    if (fault === undefined) return 0;
    if (fault.after-- > 0) return 0;
    fault.times--;
    return fault.errno;
  }
}

const codes = new Map<number, ErrorCode>([
  [constants.errno.EACCES, 'ERR_PERMISSION'],
  [constants.errno.EPERM, 'ERR_PERMISSION'],
  [constants.errno.ENODEV, 'ERR_DEVICE_LOST'],
  [constants.errno.ENXIO, 'ERR_DEVICE_LOST'],
]);

/** As `src/ffi` throws it. */
export function refusal(operation: string, errno: number, device: string): GuestheadError {
  const code = codes.get(errno) ?? 'ERR_SYSTEM';
  return new GuestheadError(code, 'The fake kernel refused a call', { operation, errno, device });
}
