/**
 * QEMU's side of `-display dbus,p2p=on`, for tests: QMP with descriptors, the consoles, and calls on the listener that
 * registers, as QEMU makes them. One client at a time; the sockets and D-Bus are real.
 */
import { closeSync } from 'node:fs';
import { Bus, type BusCall } from '../../src/host/watch/bus.js';
import { loadNative, type BusValue, type Native } from '../../src/native/index.js';

export const base = 'org.qemu.Display1.Listener';
const listenerPath = '/org/qemu/Display1/Listener';

export interface DisplayFacts {
  /** Of each head, in pixels. */
  readonly heads?: readonly (readonly [width: number, height: number])[];
  /** What add_client is answered where QEMU has no such display. */
  readonly refusal?: string;
  /** Says nothing over QMP, like a QEMU that has another client. */
  readonly silent?: boolean;
}

export class QemuDisplay {
  /** What the listener said that it offers. */
  interfaces: readonly string[] = [];
  /** As the addon, but `connectStream` leads here. */
  readonly native: Native;
  readonly #native = loadNative();
  readonly #fds: number[] = [];
  readonly #watchers: { close(): void }[] = [];
  #main: Bus | undefined;
  #listener: Bus | undefined;
  #registered!: (listener: Bus) => void;
  readonly #registration = new Promise<Bus>((resolve) => (this.#registered = resolve));

  constructor(private readonly facts: DisplayFacts = {}) {
    const connectStream = () => this.#accept();
    this.native = new Proxy(this.#native, {
      get: (target, name: keyof Native) =>
        name === 'connectStream' ? connectStream : (Reflect.get(target, name) as unknown),
    });
  }

  /** Calls the listener once it has registered; resolves with its answer, rejects with its refusal. */
  async call(member: string, signature = '', values: readonly BusValue[] = []): Promise<readonly BusValue[]> {
    const listener = await this.#registration;
    const at = member.lastIndexOf('.');
    const interfaceName = at < 0 ? base : `${base}.${member.slice(0, at)}`;
    return listener.call(listenerPath, [interfaceName, member.slice(at + 1)], signature, values);
  }

  /** Hangs up, as a QEMU that ends. */
  close(): void {
    this.#listener?.close();
    this.#main?.close();
    for (const watcher of this.#watchers) watcher.close();
    this.#fds.splice(0).forEach(closeSync);
  }

  #accept(): number {
    const [ours, theirs] = this.#native.socketPair();
    this.#fds.push(ours);
    const send = (reply: object) => {
      this.#native.sendMessage(ours, Buffer.from(`${JSON.stringify(reply)}\n`), new Uint32Array());
    };
    if (this.facts.silent !== true) send({ QMP: {} });
    const into = new Uint8Array(4096);
    const given: number[] = [];
    const watcher = this.#native.watchReadable(ours, () => {
      const message = this.#native.receiveMessage(ours, into, 1);
      if (message === undefined || message.length === 0) {
        watcher.close();
        return;
      }
      given.push(...message.fds);
      if (this.facts.silent === true) return;
      const { execute } = JSON.parse(Buffer.from(into.subarray(0, message.length)).toString()) as { execute: string };
      send(this.#answer(execute, given));
    });
    this.#watchers.push(watcher);
    return theirs;
  }

  #answer(execute: string, given: number[]): object {
    if (execute !== 'add_client') return { return: {} };
    const fd = given.pop() ?? -1;
    if (this.facts.refusal === undefined)
      this.#main = new Bus(fd, this.#native, { isServer: true, onCall: (call) => this.#onCall(call) });
    closeSync(fd);
    const { refusal } = this.facts;
    return refusal === undefined ? { return: {} } : { error: { class: 'GenericError', desc: refusal } };
  }

  #onCall(call: BusCall): void {
    const heads = this.facts.heads ?? [[64, 32]];
    if (call.member === 'RegisterListener') void this.#register(call);
    else if (call.values[0] === 'org.qemu.Display1.VM')
      call.answer('a{sv}', [[['ConsoleIDs', ['au', heads.map((_, id) => id)]]]]);
    else {
      const head = Number(call.path.slice(-1));
      const [width, height] = heads[head] ?? [0, 0];
      const numbers = Object.entries({ Head: head, Width: width, Height: height });
      const facts = [
        ['Type', ['s', 'Graphic']],
        ['Label', ['s', 'virtio-gpu-pci']],
      ];
      call.answer('a{sv}', [[...facts, ...numbers.map(([name, value]) => [name, ['u', value]])] as BusValue[]]);
    }
  }

  /** As QEMU: the answer first, then its questions, and the listener counts only after that. */
  async #register(call: BusCall): Promise<void> {
    const listener = new Bus(call.values[0] as number, this.#native, { isServer: true });
    this.#listener = listener;
    call.answer();
    const properties = ['org.freedesktop.DBus.Properties', 'GetAll'] as const;
    const [entries] = await listener.call(listenerPath, properties, 's', [base]);
    this.interfaces = new Map(entries as [string, string[]][]).get('Interfaces') ?? [];
    this.#registered(listener);
  }
}
