/** The addon on the fake kernel. */
import { constants } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import {
  commitFlag,
  type AtomicRequest,
  type NativeMapping,
  type NativeWatcher,
  type ScanoutIds,
  type SyncFileInfo,
} from '../native/index.js';
import type { Assignment, FakeDisplay } from './fake-display.js';
import { FakeFence, type FakeMemories } from './fake-memory.js';
import { FakeDevice, FakeNative, type FakeDevicePath } from './fake-native.js';
import type { FakeNode } from './fake-node.js';
import type { FakeScreen } from './fake-objects.js';
import type { FakeFramePath, PathCommit } from './fake-scanout.js';
import type { FakeCall, Faults } from './faults.js';
import { nativeError } from './native-error.js';

const { EBADF, EINVAL, ENODEV, ENOTTY } = constants.errno;

/** What the addon has of the kernel. */
export interface NativeSurroundings {
  readonly faults: Faults;
  readonly memories: FakeMemories;
  /** By its descriptor. */
  readonly nodeOf: (fd: number) => FakeNode | undefined;
  /** Whether the host keeps reading what was replaced. */
  readonly holdsFences: () => boolean;
}

export class FakeKernelNative extends FakeNative {
  constructor(private readonly around: NativeSurroundings) {
    super();
  }

  override openDevice(fd: number): FakeDevice {
    this.#check('openDevice', 'fcntl');
    const node = this.around.nodeOf(fd);
    if (node === undefined) throw nativeError(EBADF, 'fcntl');
    const device = new FakeDevice(new DevicePath(node, this.around));
    this.devices.push(device);
    return device;
  }

  override watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher {
    const pending = this.around.memories.fencesOf(fd)?.find(({ status }) => status === 0);
    const isFence = this.around.memories.fencesOf(fd) !== undefined;
    let open = true;
    const tell = () =>
      setImmediate(() => {
        if (open) onReadable(0);
      });
    if (isFence && pending === undefined) tell();
    const forget = pending?.whenSignalled(tell);
    return {
      close: () => {
        open = false;
        forget?.();
      },
    };
  }

  override mapDmabuf(fd: number, bytes: number): NativeMapping {
    this.#check('mapDmabuf', 'mmap');
    const memory = this.around.memories.of(fd);
    if (memory === undefined || bytes > memory.bytes) throw nativeError(EINVAL, 'mmap');
    return { ...super.mapDmabuf(fd, 0), buffer: memory.pixels };
  }

  override exportSyncFile(dmabufFd: number): number {
    const fences = this.#memory('exportSyncFile', dmabufFd).fences;
    return this.around.memories.createSyncFile(fences.filter(({ status }) => status === 0));
  }

  override importSyncFile(dmabufFd: number, syncFileFd: number): void {
    this.#memory('importSyncFile', dmabufFd).fences.push(...this.#fences('importSyncFile', syncFileFd));
  }

  override mergeSyncFiles(first: number, second: number): number {
    const fences = [first, second].flatMap((fd) => [...this.#fences('mergeSyncFiles', fd)]);
    return this.around.memories.createSyncFile([...new Set(fences)]);
  }

  override syncFileInfo(fd: number): SyncFileInfo {
    const fences = this.#fences('syncFileInfo', fd);
    const status = fences.find((fence) => fence.status < 0)?.status ?? (fences.some((f) => f.status === 0) ? 0 : 1);
    return { status, fences: fences.map(({ info }) => info) };
  }

  /** In a later turn of the event loop, as from the addon's thread. */
  override async dirtyFramebuffer(fd: number, framebuffer: number): Promise<void> {
    const errno = this.around.faults.take('dirtyFramebuffer');
    const isGone = this.around.nodeOf(fd)?.gpu.gone ?? true;
    await turn();
    if (errno !== 0 || isGone) throw nativeError(isGone ? ENODEV : errno, 'DRM_IOCTL_MODE_DIRTYFB');
    await super.dirtyFramebuffer(fd, framebuffer);
  }

  override createUdmabuf(bytes: number): number {
    this.#check('createUdmabuf', 'UDMABUF_CREATE');
    return this.around.memories.create(bytes).open();
  }

  #memory(call: FakeCall, fd: number) {
    this.#check(call, call);
    const memory = this.around.memories.of(fd);
    if (memory === undefined) throw nativeError(ENOTTY, call);
    return memory;
  }

  #fences(call: FakeCall, fd: number) {
    this.#check(call, call);
    const fences = this.around.memories.fencesOf(fd);
    if (fences === undefined) throw nativeError(ENOTTY, call);
    return fences;
  }

  #check(call: FakeCall, syscall: string): void {
    const errno = this.around.faults.take(call);
    if (errno !== 0) throw nativeError(errno, syscall);
  }
}

/** An addon's device keeps the node's open file, also when the node has been closed. */
class DevicePath implements FakeDevicePath {
  constructor(
    private readonly node: FakeNode,
    private readonly around: NativeSurroundings,
  ) {}

  commit(request: AtomicRequest, flags: number): number {
    return this.make(assignmentsOf(request), flags);
  }

  framePath(ids: ScanoutIds): FakeFramePath {
    const errno = this.around.faults.take('createScanout');
    if (errno !== 0) throw nativeError(errno, 'epoll_ctl');
    return new FramePath(this, ids, this.around, this.node.gpu.display);
  }

  make(assignments: readonly Assignment[], flags: number): number {
    const errno = this.around.faults.take(commitName(flags));
    const { gone, display } = this.node.gpu;
    if (gone || display === undefined) return ENODEV;
    return errno === 0 ? display.commit(this.node, assignments, flags) : errno;
  }
}

class FramePath implements FakeFramePath {
  readonly #screen: FakeScreen | undefined;
  /** Of the commit under way. */
  #fences: readonly FakeFence[] = [];
  readonly #outFences: FakeFence[] = [];

  constructor(
    private readonly device: DevicePath,
    private readonly ids: ScanoutIds,
    private readonly around: NativeSurroundings,
    private readonly display: FakeDisplay | undefined,
  ) {
    this.#screen = display?.screens.find(({ crtc }) => crtc === ids.crtc);
  }

  get holdsFences(): boolean {
    return this.around.holdsFences();
  }

  attach(dmabufFd: number): number {
    const errno = this.around.faults.take('attach');
    return errno !== 0 || dmabufFd < 0 || this.around.memories.of(dmabufFd) !== undefined ? errno : EBADF;
  }

  commit({ framebuffer, inFence, flags, state }: PathCommit): number {
    const fences = inFence < 0 ? [] : this.around.memories.fencesOf(inFence);
    if (fences === undefined) return EINVAL;
    const shown: Assignment = [this.ids.plane, this.ids.fbId, BigInt(framebuffer)];
    const errno = this.device.make([shown, ...(state === undefined ? [] : assignmentsOf(state))], flags);
    if (errno === 0 && (flags & commitFlag.testOnly) === 0) this.#fences = fences;
    return errno;
  }

  isPending(): boolean {
    return this.#fences.some(({ status }) => status === 0);
  }

  outFence(): number {
    const fence = new FakeFence();
    this.#outFences.push(fence);
    return this.around.memories.createSyncFile([fence]);
  }

  flipped(): void {
    for (const fence of this.#outFences.splice(0)) fence.signal();
    if (this.#screen !== undefined) this.display?.flipped(this.#screen);
  }
}

function commitName(flags: number): FakeCall {
  if ((flags & commitFlag.testOnly) !== 0) return 'testCommit';
  return (flags & commitFlag.allowModeset) !== 0 ? 'modeset' : 'flip';
}

function assignmentsOf({ objects, properties, values }: AtomicRequest): Assignment[] {
  return Array.from(objects, (object, index) => [object, properties[index] ?? 0, values[index] ?? 0n]);
}
