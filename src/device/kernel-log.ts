/**
 * What the host refused, as the guest's kernel log has it. virtio-gpu does not wait for
 * the host's answer to most commands: AddFB2 and commits succeed and flips go on, while
 * nothing is shown. Only the log tells, at most ten lines in five seconds, without saying
 * which virtio-gpu of several, or whose buffer it was.
 */
import { closeSync, constants as flag, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf, GuestheadError } from '../errors.js';
import type { Native, NativeWatcher } from '../native/index.js';
import { numberOfNode, type NumberOf } from './dev-nodes.js';
import { commandName, responseName } from './virtio-names.js';

export interface HostRefusal {
  /** VIRTIO_GPU_CMD_*, as a number and without the prefix; for one unknown, its number in hexadecimal. */
  readonly command: number;
  readonly commandName: string;
  /** VIRTIO_GPU_RESP_*, the same way. */
  readonly response: number;
  readonly responseName: string;
}

const { EACCES, EAGAIN, EINTR, ENODEV, ENOENT, ENXIO, EPERM, EPIPE } = constants.errno;
/** No log, or none for us: a container, or `dmesg_restrict` without CAP_SYSLOG. */
const unreadable = [EACCES, ENODEV, ENOENT, ENXIO, EPERM];
/** More than the kernel makes of one record. */
const recordBytes = 8192;
/** At one go, so that a flood of other messages does not keep the loop from flipping. */
const recordsAtOnce = 256;

/**
 * Calls `onRefusal` for each refusal logged from now on, until the function returned is
 * called, which also lets the process end; it may be called at any time and again. Where
 * the log may not be read, nothing is watched. Records that were overwritten before they
 * were read are lost. Throws ERR_SYSTEM where the log could not be opened for want of
 * descriptors or memory.
 */
export function watchHostRefusals(
  native: Pick<Native, 'watchReadable'>,
  onRefusal: (refusal: HostRefusal) => void,
  path = kernelLog,
  read: (fd: number, into: Buffer) => number = readSync,
): () => void {
  const fd = openLog(path);
  if (fd === undefined) return () => undefined;
  const watch = new KernelLogWatch(native, fd, onRefusal, read);
  watch.start();
  return () => watch.close();
}

const kernelLog = '/dev/kmsg';
const kernelLogNumber = '1:11';

/** Whether the kernel log is there and ours to read; a rootless container may have /dev/null under its name. */
export function canReadKernelLog(path = kernelLog, numberOf: NumberOf = numberOfNode): boolean {
  if (numberOf(path) !== kernelLogNumber) return false;
  const fd = openLog(path);
  if (fd !== undefined) closeSync(fd);
  return fd !== undefined;
}

function openLog(path: string): number | undefined {
  try {
    return openSync(path, flag.O_RDONLY | flag.O_NONBLOCK);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno !== undefined && unreadable.includes(errno)) return undefined;
    throw new GuestheadError('ERR_SYSTEM', 'Cannot open the kernel log', { device: path, errno, cause });
  }
}

/** Owns the descriptor. */
class KernelLogWatch {
  readonly #buffer = Buffer.alloc(recordBytes);
  #watcher: NativeWatcher | undefined;
  #closed = false;

  constructor(
    private readonly native: Pick<Native, 'watchReadable'>,
    private readonly fd: number,
    private readonly onRefusal: (refusal: HostRefusal) => void,
    private readonly read: (fd: number, into: Buffer) => number,
  ) {}

  start(): void {
    // Node has no lseek: the records there are already, some hundreds, are read and dropped.
    while (this.#readSome(() => undefined) === recordsAtOnce);
    this.#watch();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watcher?.close();
    closeSync(this.fd);
  }

  #watch(): void {
    if (this.#closed) return;
    this.#watcher?.close();
    try {
      this.#watcher = this.native.watchReadable(this.fd, (errno) => this.#onReadable(errno));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The kernel polls as an error what was overwritten; reading goes on behind the gap, watching does not. */
  #onReadable(errno: number): void {
    const records = this.#readSome((text) => this.#report(text));
    if (errno !== 0 && records > 0) this.#watch();
    else if (errno !== 0) this.close();
  }

  /** Returns how many records there were, `recordsAtOnce` at the most; closes a log that has ended. */
  #readSome(onRecord: (text: string) => void): number {
    let records = 0;
    while (records < recordsAtOnce && !this.#closed) {
      const text = this.#readRecord();
      if (text === undefined) break;
      records++;
      onRecord(text);
    }
    return records;
  }

  /** Undefined = no more for now, or at all. */
  #readRecord(): string | undefined {
    for (;;) {
      try {
        const bytes = this.read(this.fd, this.#buffer);
        if (bytes > 0) return this.#buffer.toString('utf8', 0, bytes);
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === EPIPE || errno === EINTR) continue;
        if (errno === EAGAIN) return undefined;
      }
      this.close();
      return undefined;
    }
  }

  #report(text: string): void {
    for (const line of text.split('\n')) {
      if (this.#closed) return;
      const refusal = parseRefusal(line);
      if (refusal !== undefined) this.onRefusal(refusal);
    }
  }
}

/** `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT`; the text of a driver built in lacks `[virtio_gpu]`. */
const refusalPattern = /^(\d+),[^;]*;.*\bvirtio.*\*ERROR\* response 0x([\da-f]+) \(command 0x([\da-f]+)\)/;

function parseRefusal(line: string): HostRefusal | undefined {
  const [, priority, responseText = '', commandText = ''] = refusalPattern.exec(line) ?? [];
  if (priority === undefined || !isFromKernel(Number(priority))) return undefined;
  const response = parseInt(responseText, 16);
  const command = parseInt(commandText, 16);
  return { command, commandName: commandName(command), response, responseName: responseName(response) };
}

/** The facility, above the three bits of the level, is 0; what a process writes has another. */
function isFromKernel(priority: number): boolean {
  return priority >> 3 === 0;
}
