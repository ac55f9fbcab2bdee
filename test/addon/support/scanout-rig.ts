/** A scanout on the fake kernel, made anew for each test. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import { commitFlag, type NativeDevice, type NativeError, type NativeScanout } from '../../../src/native/index.js';
import { native } from './addon.js';
import { Fifo } from './descriptors.js';
import { FakeCard, ids } from './fake-kernel.js';
import { turns, until } from './loop.js';

export const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;

export class ScanoutRig {
  card!: FakeCard;
  device!: NativeDevice;
  scanout!: NativeScanout;
  /** A line for each call of a handler. */
  log!: string[];
  errors!: NativeError[];
  /** What a handler does besides writing its line, by that line. */
  during!: Map<string, () => void>;
  readonly #buffers: Fifo[] = [];

  readonly handlers = {
    flip: (slot: number, _sequence: number, _timestampNs: number, pending: boolean): void =>
      this.#note(`flip ${slot}${pending ? ' pending' : ''}`),
    fence: (slot: number): void => this.#note(`fence ${slot}`),
    error: (error: NativeError): void => {
      this.errors.push(error);
      this.#note('error');
    },
  };

  open(): void {
    this.card = new FakeCard();
    this.log = [];
    this.errors = [];
    this.during = new Map();
    this.reopen();
  }

  /** A new device and scanout on the same card. */
  reopen(): void {
    this.device = native.openDevice(this.card.fd);
    this.scanout = this.device.createScanout(ids, this.handlers);
  }

  close(): void {
    this.device.close();
    this.card.card.close();
    for (const fifo of this.#buffers.splice(0)) fifo.close();
  }

  /** A dma-buf whose fences have all signalled. */
  buffer(): Fifo {
    const fifo = new Fifo();
    fifo.write();
    this.#buffers.push(fifo);
    return fifo;
  }

  /** Attaches slots 0 … count-1 with a buffer each; slot 0 is on the screen. */
  attachBuffers(count: number): Fifo[] {
    const fifos = Array.from({ length: count }, () => this.buffer());
    fifos.forEach((fifo, slot) => this.scanout.attach(slot, 1, fifo.fd));
    this.scanout.setCurrent(0);
    return fifos;
  }

  show(slot: number): void {
    assert.equal(this.scanout.commit(slot, -1, flipFlags, false), 0);
  }

  /** Shows the slot and sends its flip event. */
  async flipTo(slot: number): Promise<void> {
    this.show(slot);
    const { length } = this.log;
    this.card.flip();
    await until(() => this.log.length > length, `the flip to ${slot}`);
    await turns(2);
  }

  #note(line: string): void {
    this.log.push(line);
    this.during.get(line)?.();
  }
}

export function useScanoutRig(): ScanoutRig {
  const rig = new ScanoutRig();
  beforeEach(() => rig.open());
  afterEach(() => rig.close());
  return rig;
}
