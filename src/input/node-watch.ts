/** The evdev nodes that are wanted, as they come and go: each is told once udev has seen it. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { watchInputEvents, type InputUevent, type UeventSource } from '../device/index.js';
import { devicePath } from './capabilities.js';
import { unseen } from './failures.js';
import { inputNodes, nodeBehind, nodeNamed, type InputRoots } from './nodes.js';
import { Records } from './records.js';

export interface NodeWatchOptions {
  readonly native: UeventSource;
  readonly roots: InputRoots;
  /** Nodes or links to them; undefined = all that are for a seat. */
  readonly named: readonly string[] | undefined;
  /** Whether udev's records are written where no udevd runs. */
  readonly records: boolean;
  /** Each node that is there is told in a turn of the loop of its own. */
  readonly oneByOne: boolean;
  readonly onReady: (node: string) => void;
  readonly onGone: (node: string) => void;
  /** A node that stays out. */
  readonly onFault: (error: unknown) => void;
}

/** How often udev's record of a new device is looked for, and how many times: five seconds. */
const lookEveryMs = 50;
const mostLooks = 100;

export class NodeWatch {
  readonly #records: Records;
  /** Those that were told, with their place in sysfs, which is a new one for a device that comes back. */
  readonly #told = new Map<string, string>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** Of those that are still to be told, one by one. */
  #next: NodeJS.Immediate | undefined;
  #stop = () => undefined as void;

  constructor(private readonly options: NodeWatchOptions) {
    this.#records = new Records(options.roots, options.records);
  }

  /** Tells of the nodes that are there, and from then on of others. Throws NativeError where the kernel gives no uevents. */
  start(): void {
    this.#stop = watchInputEvents(this.options.native, (event) => {
      this.#hotplug(event);
    });
    if (this.options.oneByOne) this.#lookInTurns(this.#names());
    else this.#lookAtAll();
  }

  /** Those that were told, and have not gone since. */
  get ready(): readonly string[] {
    return [...this.#told.keys()];
  }

  /** Takes back what records it wrote; who still uses a device no longer needs them. Idempotent. */
  close(): void {
    this.#stop();
    clearImmediate(this.#next);
    for (const name of [...this.#waiting.keys()]) this.#forgetWait(name);
    this.#records.close();
  }

  #hotplug(event: InputUevent): void {
    if (event.kind === 'overflow') {
      this.#lookAgain();
      return;
    }
    const node = nodeNamed(this.options.roots, basename(event.node));
    if (event.kind === 'removed') this.#gone(node);
    else if (this.options.named === undefined) this.#look(node);
    else this.#lookAtNamed(this.options.named, node);
  }

  /** A link to the new node may still have to be made, by udev. */
  #lookAtNamed(names: readonly string[], node: string): void {
    for (const name of names) if (nodeBehind(name) === node || !existsSync(name)) this.#look(name, 1);
  }

  #names(): readonly string[] {
    return this.options.named ?? inputNodes(this.options.roots);
  }

  #lookAtAll(looks = 0): void {
    for (const name of this.#names()) this.#look(name, looks);
  }

  #lookInTurns([name, ...others]: readonly string[]): void {
    if (name === undefined) return;
    this.#next = setImmediate(() => {
      this.#look(name);
      this.#lookInTurns(others);
    });
  }

  #lookAgain(): void {
    for (const [node, place] of [...this.#told])
      if (devicePath(this.options.roots.sys, node) !== place) this.#gone(node);
    this.#lookAtAll(1);
  }

  /** Tells of a node, now or when udev has seen it; `looks` were made already. What has gone since is no fault. */
  #look(name: string, looks = 0): void {
    this.#forgetWait(name);
    const node = nodeBehind(name);
    if (this.#told.has(node)) return;
    if (looks > 0 && !existsSync(node)) {
      if (looks <= mostLooks) this.#lookLater(name, looks + 1);
      return;
    }
    try {
      const readiness = this.#records.prepare(node, this.options.named !== undefined);
      if (readiness === 'ready') this.#ready(node);
      else if (readiness === 'later' && looks > mostLooks) throw unseen(node);
      else if (readiness === 'later') this.#lookLater(name, looks + 1);
    } catch (error) {
      this.#records.forget(node);
      this.options.onFault(error);
    }
  }

  #ready(node: string): void {
    this.#told.set(node, devicePath(this.options.roots.sys, node));
    this.options.onReady(node);
  }

  #lookLater(name: string, looks: number): void {
    const timer = setTimeout(() => {
      this.#look(name, looks);
    }, lookEveryMs).unref();
    this.#waiting.set(name, timer);
  }

  #forgetWait(name: string): void {
    clearTimeout(this.#waiting.get(name));
    this.#waiting.delete(name);
  }

  #gone(node: string): void {
    this.#forgetWait(node);
    if (this.#told.delete(node)) this.options.onGone(node);
    this.#records.forget(node);
  }
}
