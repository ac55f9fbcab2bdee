/** INPUT: the devices of a seat by libinput, each opened for this process alone, as they come and go. */
import { coded, GuestheadError } from '../errors.js';
import type { UeventSource } from '../device/index.js';
import { addonLibraries, explainMissing } from '../ffi/index.js';
import { closeQuietly, Owner, type Closable } from '../owner.js';
import { rowLength, type AddedDevice, type DeviceRefusal, type InputAddon, type NativeInput } from '../native/input.js';
import { devicePath, isAbsolute, pciAddressIn, readCapabilities } from './capabilities.js';
import type { InputDevice, InputEvent } from './events.js';
import { isOfNoUse, refusal } from './failures.js';
import { mapDevices, type GivenPlace } from './mapping.js';
import { NodeWatch } from './node-watch.js';
import { systemRoots, type InputRoots } from './nodes.js';
import { deviceOf, readRow, startOf } from './rows.js';

export interface InputOptions {
  readonly addon: InputAddon & UeventSource;
  /**
   * `all` of /dev/input that a user moves, touches or types with, also those that come later; or these nodes, or links to them, such as udev's
   * in /dev/input/by-id. Default: all.
   */
  readonly devices?: 'all' | readonly string[] | undefined;
  /** Writes udev's records, as root, where no udevd runs. Default: no, and then such a device is told as a fault. */
  readonly records?: boolean | undefined;
  /** Opens a device in this process's place, as a session manager does: the input duplicates what it gets, and closes it with the device. Default: the addon opens it. */
  readonly open?: ((node: string) => OpenedDevice) | undefined;
  /** Which devices lie on which heads, before the rule of `mapDevices`. */
  readonly places?: readonly GivenPlace[] | undefined;
  /** Opens those that are there after this call, each in a turn of the loop of its own: it takes its time. Default: no. */
  readonly oneByOne?: boolean | undefined;
  readonly onEvent: (event: InputEvent) => void;
  /** A device that cannot be used, or what libinput complains of; the others go on. */
  readonly onFault: (error: Error) => void;
  readonly roots?: InputRoots | undefined;
}

/** A device that somebody else has opened. */
export interface OpenedDevice extends Closable {
  readonly fd: number;
}

/** Rows told at a time. */
const batchRows = 128;

type Held = { -readonly [K in keyof InputDevice]: InputDevice[K] };

/**
 * Opens the devices that are there and hears of those to come, from within this call on (but see `oneByOne`). None at all is no failure: `devices` is
 * empty then. Throws ERR_LIBRARY_MISSING without libinput, ERR_SYSTEM where the kernel gives no uevents.
 */
export function openInput(options: InputOptions): Input {
  return new Input(options);
}

/** Open, it keeps the event loop alive. */
export class Input {
  readonly #native: NativeInput;
  readonly #batch = new Float64Array(batchRows * rowLength);
  readonly #sys: string;
  readonly #devices = new Map<number, Held>();
  /** Of those that somebody else has opened. */
  readonly #opened = new Map<number, OpenedDevice>();
  readonly #nodes: NodeWatch;
  readonly #owner = new Owner();
  #connectors: readonly string[] = [];
  #open: InputOptions['open'];
  #suspended = false;
  #closed = false;

  constructor(private readonly options: InputOptions) {
    const { addon, devices = 'all', records = false, oneByOne = false, roots = systemRoots, open } = options;
    this.#open = open;
    this.#sys = roots.sys;
    const named = devices === 'all' ? undefined : devices;
    this.#nodes = new NodeWatch({ native: addon, roots, named, records, oneByOne, ...this.#handlers() });
    this.#owner.own(this.#nodes);
    this.#owner.defer(() => this.#closeOpened());
    this.#native = this.#owner.own(this.#context());
    try {
      this.#nodes.start();
    } catch (error) {
      closeQuietly(this);
      throw coded(error);
    }
  }

  get devices(): readonly InputDevice[] {
    return [...this.#devices.values()];
  }

  /** The heads that are on, in the display's order: where the places of tablets and touchscreens lie from now on. */
  setConnectors(connectors: readonly string[]): void {
    this.#connectors = [...connectors];
    this.#map();
  }

  /** Of all keyboards: 1 num lock + 2 caps lock + 4 scroll lock. */
  setLeds(leds: number): void {
    if (!this.#closed) this.#native.setLeds(leds);
  }

  /**
   * Gives all devices back until `resume`: what they hold down is released, and they are told as gone. They are looked for
   * all the while. Idempotent.
   */
  suspend(): void {
    if (this.#closed || this.#suspended) return;
    this.#suspended = true;
    for (const number of [...this.#devices.keys()]) this.#native.remove(number);
  }

  /** Opens those that are there by now, from now on by `open`; undefined: by itself. Idempotent. */
  resume(open: InputOptions['open']): void {
    this.#open = open;
    if (this.#closed || !this.#suspended) return;
    this.#suspended = false;
    for (const node of this.#nodes.ready) this.#addReporting(node);
  }

  /** Gives all devices back; nothing is told any more. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.close();
    this.#devices.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #handlers() {
    return {
      onReady: (node: string) => {
        if (!this.#suspended) this.#add(node);
      },
      onGone: (node: string) => {
        for (const [number, device] of this.#devices) if (device.node === node) this.#native.remove(number);
      },
      onFault: (error: unknown) => {
        this.options.onFault(coded(error));
      },
    };
  }

  #context(): NativeInput {
    const onRows = (rows: number) => {
      this.#tell(rows);
    };
    try {
      return this.options.addon.openInput(this.#batch, onRows, (line) => {
        this.options.onFault(new GuestheadError('ERR_SYSTEM', `libinput says: ${line}`));
      });
    } catch (error) {
      throw explainMissing(error, addonLibraries.libinput);
    }
  }

  #addReporting(node: string): void {
    try {
      this.#add(node);
    } catch (error) {
      this.options.onFault(coded(error));
    }
  }

  #add(node: string): void {
    const described = this.#described(node);
    if (described === undefined) return;
    const [number, device] = described;
    this.#devices.set(number, device);
    this.#map();
    this.options.onEvent({ kind: 'device', added: true, device });
  }

  /** Undefined for what libinput has no use for, where nobody asked for this very node. */
  #described(node: string): [number, Held] | undefined {
    const opened = this.#open?.(node);
    try {
      const added = this.#native.add(node, opened?.fd);
      if (opened !== undefined) this.#opened.set(added[0], opened);
      return [added[0], describe(this.#sys, node, added)];
    } catch (error) {
      opened?.close();
      const refused = error as DeviceRefusal;
      const { devices = 'all' } = this.options;
      if (devices === 'all' && isOfNoUse(refused)) return undefined;
      throw refusal(node, refused);
    }
  }

  #map(): void {
    const places = mapDevices([...this.#devices.values()], this.#connectors, this.options.places);
    for (const [device, connector] of places) device.connector = connector;
  }

  #tell(rows: number): void {
    for (let row = 0; row < rows && !this.#closed; row++) {
      const at = startOf(row);
      const number = deviceOf(this.#batch, at);
      const device = this.#devices.get(number);
      const event = device && readRow(this.#batch, at, device);
      if (event?.kind === 'device') this.#forget(number);
      if (event !== undefined) this.options.onEvent(event);
    }
  }

  #forget(number: number): void {
    this.#devices.delete(number);
    this.#opened.get(number)?.close();
    this.#opened.delete(number);
    this.#map();
  }

  #closeOpened(): void {
    for (const opened of this.#opened.values()) opened.close();
    this.#opened.clear();
  }
}

function describe(sys: string, node: string, [, name, vendor, product, keyboard, pointer, touch]: AddedDevice): Held {
  const path = devicePath(sys, node);
  const capabilities = readCapabilities(sys, node);
  const absolute = capabilities !== undefined && (touch || (pointer && isAbsolute(capabilities)));
  const kinds = { keyboard, pointer, touch, absolute };
  return { node, name, vendor, product, ...kinds, path, pciAddress: pciAddressIn(path), connector: undefined };
}
