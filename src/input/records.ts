/** Whether an evdev node may be given to libinput yet, which is decided before it is opened. */
import { numberOfNode } from '../device/index.js';
import { isForSeat, readCapabilities, type Capabilities } from './capabilities.js';
import { noDevice, noRecord, unwritten } from './failures.js';
import type { InputRoots } from './nodes.js';
import { hasRecord, hasUdevd, recordPath, removeRecord, writeRecord } from './udev-record.js';

/** What to do with a node: `later` = udev has not seen it yet; `leave` = it is none of ours. */
export type Readiness = 'ready' | 'later' | 'leave';

/** Knows udev's records, and writes them where it was asked to and nobody else does. */
export class Records {
  readonly #written = new Map<string, string>();

  constructor(
    private readonly roots: InputRoots,
    private readonly write: boolean,
  ) {}

  /** `named`: the user wants this very node. Throws ERR_NO_DEVICE for what is no evdev node, ERR_UNSUPPORTED for one without a record. */
  prepare(node: string, named: boolean): Readiness {
    const { sys, run, numberOf = numberOfNode } = this.roots;
    const number = numberOf(node);
    const capabilities = readCapabilities(sys, node);
    if (number === undefined || capabilities === undefined) throw noDevice(node);
    if (!named && !isForSeat(capabilities)) return 'leave';
    const record = recordPath(run, number);
    if (hasRecord(record)) return 'ready';
    if (hasUdevd(run)) return 'later';
    if (!this.write) throw noRecord(node, record);
    this.#write(node, record, capabilities);
    return 'ready';
  }

  /** The device has gone. */
  forget(node: string): void {
    const record = this.#written.get(node);
    if (record === undefined) return;
    this.#written.delete(node);
    removeRecord(record);
  }

  close(): void {
    for (const node of [...this.#written.keys()]) this.forget(node);
  }

  #write(node: string, record: string, capabilities: Capabilities): void {
    try {
      writeRecord(record, capabilities);
    } catch (error) {
      throw unwritten(node, error);
    }
    this.#written.set(node, record);
  }
}
