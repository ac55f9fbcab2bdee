/**
 * A whole machine without devices: a virtio-gpu that shows and a GPU that draws, on which
 * `openGpus({ kernel })` and all that follows run. Flips, fences, hotplug, losses and errnos come by hand.
 * The contract suite holds it to what the real kernel answers.
 */
import { constants } from 'node:os';
import type {
  Allocator,
  DrmDevice,
  DrmUevent,
  GpuNode,
  HostRefusal,
  Kernel,
  KmsNode,
  NodeLease,
} from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { FakeAllocator, type FakeLayout } from './fake-allocator.js';
import { FakeDisplay } from './fake-display.js';
import { FakeKernelNative } from './fake-kernel-native.js';
import { FakeFence, FakeMemories } from './fake-memory.js';
import type { FakeMode } from './fake-mode.js';
import { FakeNode, type FakeGpu } from './fake-node.js';
import type { FakeConnectorOptions, FakeScreen } from './fake-objects.js';
import type { FakeFlip } from './fake-scanout.js';
import { Faults, refusal, type FakeCall, type FaultOptions } from './faults.js';
import { nativeError } from './native-error.js';
import { FakeScreenView } from './screen-view.js';

export interface FakeKernelOptions {
  /** Of the display; one that prefers 640×480 at 60 Hz unless given. */
  readonly connectors?: readonly FakeConnectorOptions[];
  /** Of the render GPU. */
  readonly layout?: FakeLayout;
  /** Any CRTC can drive any connector and show any plane, as on many boards; on virtio-gpu each has its own. */
  readonly shared?: boolean;
}

/** What the program under test has open; all 0 once everything is closed. */
export interface FakeHeld {
  /** Of nodes, dma-bufs and sync_files, the test's own included. */
  readonly descriptors: number;
  readonly nodes: number;
  /** Of GEM, in all open files. */
  readonly handles: number;
  readonly framebuffers: number;
  readonly blobs: number;
  /** GBM's buffers. */
  readonly buffers: number;
  readonly mappings: number;
  /** Of the addon. */
  readonly devices: number;
  readonly scanouts: number;
  /** Who listens to uevents and to the host's refusals. */
  readonly watches: number;
}

interface Plugged {
  readonly gpu: FakeGpu;
  readonly device: DrmDevice;
}

const defaultConnectors: readonly FakeConnectorOptions[] = [
  {
    modes: [
      { width: 640, height: 480 },
      { width: 320, height: 240 },
    ],
  },
];
/** Ids of one generation of the display never are those of the next. */
const idsOfADisplay = 100_000;

export class FakeKernel implements Kernel {
  readonly native: FakeKernelNative;
  /** Displays that were gone when their node was to be closed; see `KmsNode.park`. */
  parked = 0;
  /** Whether the host goes on reading each buffer that is replaced, until `releaseFences`. */
  holdsFences = false;
  readonly #faults = new Faults();
  readonly #memories = new FakeMemories();
  readonly #nodes = new Set<FakeNode>();
  readonly #allocators = new Set<FakeAllocator>();
  readonly #uevents = new Set<(event: DrmUevent) => void>();
  readonly #refusals = new Set<(refusal: HostRefusal) => void>();
  #generation = 0;
  #display: Plugged | undefined;
  #render: Plugged | undefined;

  constructor(private readonly options: FakeKernelOptions = {}) {
    this.#display = this.#newDisplay(0);
    this.#render = this.#newRender(1);
    this.native = new FakeKernelNative({
      faults: this.#faults,
      memories: this.#memories,
      nodeOf: (fd) => [...this.#nodes].find((node) => node.fd === fd),
      holdsFences: () => this.holdsFences,
    });
  }

  load(): void {
    // it has no libraries
  }

  discover(): DrmDevice[] {
    return [this.#display, this.#render].flatMap((plugged) => plugged?.device ?? []);
  }

  openNode(path: string): KmsNode {
    return this.duplicateNode(-1, path);
  }

  /** Master stays with whoever gave the descriptor, which is not modelled here. */
  duplicateNode(_fd: number, path: string, lease?: NodeLease): KmsNode {
    const errno = this.#faults.take('openNode');
    const found = [this.#display, this.#render].find(
      (plugged) => plugged?.device.primary === path || plugged?.device.render === path,
    );
    if (found === undefined || errno === constants.errno.ENODEV)
      throw new GuestheadError('ERR_NO_DEVICE', 'There is no such device', { device: path });
    if (errno !== 0) throw refusal('open', errno, path);
    const node = new FakeNode(path, found.gpu, {
      faults: this.#faults,
      memories: this.#memories,
      onClose: (closed) => {
        this.#nodes.delete(closed);
        lease?.close();
      },
      onPark: () => this.parked++,
    });
    this.#nodes.add(node);
    return node;
  }

  nodeOf(fd: number): string | undefined {
    return [...this.#nodes].find((node) => node.fd === fd)?.path;
  }

  createGbm(node: GpuNode): Promise<Allocator> {
    const errno = this.#faults.take('createGbm');
    if (!(node instanceof FakeNode) || errno !== 0)
      return Promise.reject(refusal('gbm_create_device', errno || constants.errno.EINVAL, node.path));
    const allocator = new FakeAllocator(node, this.#memories, this.#faults, this.options.layout);
    this.#allocators.add(allocator);
    return Promise.resolve(allocator);
  }

  watchUevents(onEvent: (event: DrmUevent) => void): () => void {
    const errno = this.#faults.take('watchUevents');
    if (errno !== 0) throw nativeError(errno, 'socket');
    this.#uevents.add(onEvent);
    return () => this.#uevents.delete(onEvent);
  }

  watchHostRefusals(onRefusal: (refusal: HostRefusal) => void): () => void {
    const errno = this.#faults.take('watchHostRefusals');
    if (errno !== 0) throw nativeError(errno, 'open');
    this.#refusals.add(onRefusal);
    return () => this.#refusals.delete(onRefusal);
  }

  /** Every call made so far, in order. */
  get calls(): readonly FakeCall[] {
    return this.#faults.calls;
  }

  /** The next call of this name fails with the errno, or those that `options` say. */
  fail(call: FakeCall, errno: number, options?: FaultOptions): void {
    this.#faults.fail(call, errno, options);
  }

  /** Nothing that was queued by `fail` fails any more: of one call, or of all. */
  recover(call?: FakeCall): void {
    this.#faults.recover(call);
  }

  held(): FakeHeld {
    const nodes = [...this.#nodes];
    const sum = (count: (node: FakeNode) => number) => nodes.reduce((total, node) => total + count(node), 0);
    const devices = this.native.devices.filter(({ closed }) => !closed);
    return {
      descriptors: this.#memories.files.countOpen(),
      nodes: nodes.length,
      handles: sum(({ handles }) => handles.size),
      framebuffers: sum(({ framebuffers }) => framebuffers.size),
      blobs: sum(({ blobs }) => blobs.size),
      buffers: [...this.#allocators].reduce((total, { buffers }) => total + buffers.size, 0),
      mappings: this.native.openMappings,
      devices: devices.length,
      scanouts: this.#openScanouts().length,
      watches: this.#uevents.size + this.#refusals.size,
    };
  }

  /** What is on the screen of a connector, the first unless named. */
  screen(name?: string): FakeScreenView {
    return new FakeScreenView(this.#screen(name));
  }

  /**
   * Completes the flips under way, each on its head, and the fences of the buffers they replace, in
   * one turn of the event loop. As in the addon, all handlers are called before any promise job
   * runs. Resolves after these, with the number of flips; those that wait for a fence are not made.
   */
  async flip(flip: FakeFlip = {}): Promise<number> {
    let flips = 0;
    await inOneTurn(() => {
      for (const scanout of this.#openScanouts()) if (scanout.flip(flip)) flips++;
    });
    return flips;
  }

  /** The host lets go of all the buffers that it held. */
  async releaseFences(): Promise<void> {
    await inOneTurn(() => {
      for (const scanout of this.#openScanouts()) for (const slot of [...scanout.held]) scanout.signal(slot);
    });
  }

  /** A dma-buf of ordinary memory, as a client brings one: a new descriptor, the caller's. */
  createDmabuf(bytes: number): number {
    return this.#memories.create(bytes).open();
  }

  /** The bytes of a dma-buf of this kernel. */
  pixelsOf(dmabuf: number): Uint32Array | undefined {
    const memory = this.#memories.of(dmabuf);
    return memory === undefined ? undefined : new Uint32Array(memory.pixels);
  }

  /** A sync_file, the caller's, that signals by hand. */
  createFence(): { readonly fd: number; signal(errno?: number): void } {
    const fence = new FakeFence();
    return { fd: this.#memories.createSyncFile([fence]), signal: (errno) => fence.signal(errno) };
  }

  /** The host resizes a head, opens it, or with no modes closes it; programs hear of it by a uevent. */
  async setModes(modes: readonly FakeMode[], name?: string): Promise<void> {
    this.#screen(name).modes = modes;
    await this.sendUevent({ kind: 'hotplug', node: this.#display?.device.primary ?? '' });
  }

  /** Resolves when whoever listens has heard it, and the promise jobs of that have run. */
  async sendUevent(event: DrmUevent): Promise<void> {
    await inOneTurn(() => {
      for (const listener of [...this.#uevents]) listener(event);
    });
  }

  /** The host refuses a command, which only the kernel log tells. */
  async refuseByHost(refused: HostRefusal): Promise<void> {
    await inOneTurn(() => {
      for (const listener of [...this.#refusals]) listener(refused);
    });
  }

  /** Another process becomes DRM master. */
  takeMaster(): void {
    this.#displayOrThrow().master.force(this);
  }

  /** The other process goes. */
  dropMaster(): void {
    this.#displayOrThrow().master.drop(this);
  }

  /** The device goes: each call on it answers ENODEV, closing included. `silent`: before its uevent has come. */
  async unplug(role: 'display' | 'render' = 'display', { silent = false } = {}): Promise<void> {
    const plugged = role === 'display' ? this.#display : this.#render;
    if (plugged === undefined) return;
    plugged.gpu.gone = true;
    if (role === 'display') this.#display = undefined;
    else this.#render = undefined;
    const node = plugged.device.primary ?? '';
    if (!silent) await this.sendUevent({ kind: 'removed', node });
  }

  /** It comes back, under other nodes and other ids. */
  async plug(role: 'display' | 'render' = 'display'): Promise<void> {
    const number = 2 + ++this.#generation;
    const plugged = role === 'display' ? this.#newDisplay(number) : this.#newRender(number);
    if (role === 'display') this.#display = plugged;
    else this.#render = plugged;
    await this.sendUevent({ kind: 'added', node: plugged.device.primary ?? '' });
  }

  /** Ends the kernel's own descriptors; whatever is still open belongs to the program. */
  close(): void {
    this.#memories.files.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #openScanouts() {
    return this.native.devices.flatMap(({ scanouts }) => scanouts).filter(({ closed }) => !closed);
  }

  #displayOrThrow(): FakeDisplay {
    const display = this.#display?.gpu.display;
    if (display === undefined) throw new GuestheadError('ERR_NO_DEVICE', 'The fake display is unplugged');
    return display;
  }

  #screen(name: string | undefined): FakeScreen {
    const { screens } = this.#displayOrThrow();
    const screen = name === undefined ? screens[0] : screens.find((one) => one.name === name);
    if (screen === undefined) throw new GuestheadError('ERR_USAGE', `The fake display has no connector ${name ?? ''}`);
    return screen;
  }

  #newDisplay(number: number): Plugged {
    const { connectors = defaultConnectors, shared } = this.options;
    const display = new FakeDisplay(connectors, 30 + this.#generation * idsOfADisplay, shared);
    const gpu = { driver: 'virtio_gpu', display, gone: false };
    return { gpu, device: deviceOf('virtio_gpu', '0000:00:02.0', number) };
  }

  #newRender(number: number): Plugged {
    return { gpu: { driver: 'xe', display: undefined, gone: false }, device: deviceOf('xe', '0000:00:03.0', number) };
  }
}

function deviceOf(driver: string, pci: string, number: number): DrmDevice {
  return { driver, pci, primary: `/dev/dri/card${number}`, render: `/dev/dri/renderD${128 + number}` };
}

/** As the addon's calls come: from the event loop itself, the promise jobs after the last of them. */
function inOneTurn(act: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        act();
        setImmediate(resolve);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
