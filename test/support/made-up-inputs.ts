/** A made-up /dev/input, sysfs and /run, and an addon whose libinput is the test's. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { GuestheadError } from '../../src/errors.js';
import { openInput, type Input, type InputEvent, type InputOptions } from '../../src/input/index.js';
import type { InputRoots } from '../../src/input/nodes.js';
import { rowLength, type AddedDevice, type InputAddon, type NativeInput } from '../../src/native/input.js';
import type { UeventSource } from '../../src/device/index.js';
import { Fifo } from '../addon/support/descriptors.js';

/** What sysfs has of real devices; those of QEMU as its 7.2 makes them. */
export const madeUpDevices = {
  tablet: { ev: 'f', key: '30000 1f0000 0 0 0 0', rel: '100', abs: '3' },
  mouse: { ev: '7', key: '30000 1f0000 0 0 0 0', rel: '103', abs: '0' },
  keyboard: { ev: '120003', key: '400000000 3078f800dfff febeffff7bcfffff fffffffffffffffe', rel: '0', abs: '0' },
  powerButton: { ev: '3', key: '8000 10000000000000 0', rel: '0', abs: '0' },
  lid: { ev: '21', key: '0', rel: '0', abs: '0' },
  speaker: { ev: '40001', key: '0', rel: '0', abs: '0' },
  touchscreen: { ev: 'b', key: '400 0 0 0 0 0', rel: '0', abs: '260800000000003', properties: '2' },
  touchpad: { ev: 'b', key: 'e520 10000 0 0 0 0', rel: '0', abs: '2608000 3', properties: '1' },
} as const;

export type MadeUpKind = keyof typeof madeUpDevices;

export class MadeUpInputs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'guesthead-input-'));
  #inputs = 0;

  get roots(): InputRoots {
    const numberOf = (path: string) => `13:${64 + Number(path.split('event').at(-1))}`;
    const [dev, sys, run] = ['dev', 'sys', 'run'].map((name) => join(this.#folder, name)) as [string, string, string];
    return { dev, sys, run, numberOf };
  }

  node(number: number): string {
    return join(this.roots.dev, 'input', `event${number}`);
  }

  record(number: number): string {
    return join(this.roots.run, 'udev/data', `c13:${64 + number}`);
  }

  /** A device in a PCI slot, which udev may have seen. */
  plug(number: number, kind: MadeUpKind, { seen = true, slot = number + 1 } = {}): string {
    const { properties = '0', ...capabilities } = { ...madeUpDevices[kind] } as Record<string, string>;
    const place = join(this.roots.sys, `devices/pci0000:00/0000:00:0${slot}.0/virtio1/input/input${++this.#inputs}`);
    this.#write(join(place, 'properties'), properties);
    for (const [name, bits] of Object.entries(capabilities)) this.#write(join(place, 'capabilities', name), bits);
    const inClass = join(this.roots.sys, 'class/input', `event${number}`);
    mkdirSync(inClass, { recursive: true });
    rmSync(join(inClass, 'device'), { force: true });
    symlinkSync(place, join(inClass, 'device'));
    this.#write(this.node(number), '');
    if (seen) this.#write(this.record(number), 'E:ID_INPUT=1\n');
    return this.node(number);
  }

  unplug(number: number): string {
    rmSync(join(this.roots.sys, 'class/input', `event${number}`), { recursive: true });
    rmSync(this.node(number));
    return this.node(number);
  }

  /** Somebody writes the records. */
  startUdevd(): void {
    this.#write(join(this.roots.run, 'udev/control'), '');
  }

  sees(number: number): void {
    this.#write(this.record(number), 'E:ID_INPUT=1\n');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #write(path: string, text: string): void {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Adds what it is given, and tells what the test says. */
export class FakeInputAddon implements Pick<InputAddon, 'openInput'>, UeventSource {
  readonly added: string[] = [];
  /** The descriptors that came with them; undefined for each that is opened by libinput. */
  readonly given: (number | undefined)[] = [];
  readonly removed: number[] = [];
  leds = 0;
  closed = false;
  /** Thrown by the next `add`. */
  refusal: Error | undefined;
  readonly fifo = new Fifo();
  readonly #uevents: string[] = [];
  #batch: Float64Array = new Float64Array();
  #onRows: (rows: number) => void = () => undefined;
  #onLog: (line: string) => void = () => undefined;
  #onUevent: (errno: number) => void = () => undefined;

  openInput(batch: Float64Array, onEvents: (rows: number) => void, onLog: (line: string) => void): NativeInput {
    this.#batch = batch;
    this.#onRows = onEvents;
    this.#onLog = onLog;
    return {
      add: (path, fd) => this.#add(path, fd),
      remove: (device) => {
        this.removed.push(device);
        this.tell([10, device, 0]);
      },
      setLeds: (leds) => {
        this.leds = leds;
      },
      close: () => {
        this.closed = true;
      },
    };
  }

  /** Rows, whose rest is zeros. */
  tell(...rows: readonly number[][]): void {
    this.#batch.fill(0);
    rows.forEach((row, index) => {
      this.#batch.set(row, index * rowLength);
    });
    this.#onRows(rows.length);
  }

  log(line: string): void {
    this.#onLog(line);
  }

  openUevents(): number {
    return this.fifo.fd;
  }

  readUevent(): string | undefined {
    return this.#uevents.shift();
  }

  watchReadable = (_fd: number, onReadable: (errno: number) => void) => {
    this.#onUevent = onReadable;
    return { close: () => undefined };
  };

  uevent(action: 'add' | 'remove', node: string): void {
    const name = node.split('/').at(-1) ?? '';
    const path = `/devices/${name}`;
    const variables = `ACTION=${action}\0DEVPATH=${path}\0SUBSYSTEM=input\0DEVNAME=input/${name}\0`;
    this.#uevents.push(`${action}@${path}\0${variables}`);
    this.#onUevent(0);
  }

  overflow(errno: number): void {
    this.#onUevent(errno);
  }

  #add(path: string, fd?: number): AddedDevice {
    const refusal = this.refusal;
    this.refusal = undefined;
    if (refusal !== undefined) throw refusal;
    this.added.push(path);
    this.given.push(fd);
    const number = this.added.length;
    return [number, `device ${number}`, 1, 2, false, true, false];
  }
}

/** An input on them, and what it has told. */
export class MadeUpSeat {
  readonly machine = new MadeUpInputs();
  readonly addon = new FakeInputAddon();
  readonly events: InputEvent[] = [];
  readonly faults: Error[] = [];
  input: Input | undefined;

  open(options: Partial<InputOptions> = {}): Input {
    this.input = openInput({
      addon: this.addon as unknown as InputOptions['addon'],
      roots: this.machine.roots,
      onEvent: (event) => this.events.push(event),
      onFault: (error) => this.faults.push(error),
      ...options,
    });
    return this.input;
  }

  /** Of the faults, with device and errno. */
  get codes(): unknown[] {
    return this.faults.map((error) =>
      error instanceof GuestheadError ? [error.code, error.device, error.errno] : error,
    );
  }

  close(): void {
    this.input?.close();
    this.machine.remove();
    mock.timers.reset();
  }
}
