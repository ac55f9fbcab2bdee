/**
 * A stand-in for the addon: no kernel, flips driven by hand, errnos queued.
 * `test/contract` runs one suite on this and on the real addon, so that what
 * holds here holds there.
 */
import { GuestheadError } from '../errors.js';
import type {
  AtomicRequest,
  Native,
  NativeBusPeer,
  NativeDevice,
  NativeGl,
  NativeMapping,
  NativeWatcher,
  ScanoutHandlers,
  ScanoutIds,
  SyncFileInfo,
} from '../native/index.js';
import type { NativeSyncDevice } from '../native/sync.js';
import { FakeScanout, type FakeFramePath } from './fake-scanout.js';
import { nativeError } from './native-error.js';

/** The display behind a device; the addon's own calls on it. */
export interface FakeDevicePath {
  /** 0 or an errno. */
  commit(request: AtomicRequest, flags: number): number;
  /** Throws what refuses it. */
  framePath(ids: ScanoutIds): FakeFramePath;
}

export class FakeDevice implements NativeDevice {
  readonly scanouts: FakeScanout[] = [];
  /** Every request committed, and its flags. */
  readonly commits: { readonly request: AtomicRequest; readonly flags: number }[] = [];
  /** Errnos for the commits to come, 0 = accepted; beyond the queue all are accepted. */
  readonly errnos: number[] = [];
  /** What would be committed if the environment ended now, by CRTC. */
  readonly atEnd = new Map<number, AtomicRequest>();
  #closed = false;

  /** Without a path it is a device of no display, which takes every commit. */
  constructor(private readonly path?: FakeDevicePath) {}

  get closed(): boolean {
    return this.#closed;
  }

  commit(request: AtomicRequest, flags: number): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The device is closed');
    const errno = this.errnos.shift() ?? this.path?.commit(request, flags) ?? 0;
    if (errno !== 0) throw nativeError(errno, 'DRM_IOCTL_MODE_ATOMIC');
    this.commits.push({ request, flags });
  }

  commitAtEnd(crtc: number, request: AtomicRequest | null): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The device is closed');
    if (request === null) this.atEnd.delete(crtc);
    else this.atEnd.set(crtc, request);
  }

  createScanout(ids: ScanoutIds, handlers: ScanoutHandlers): FakeScanout {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The device is closed');
    const scanout = new FakeScanout(ids, handlers, this.path?.framePath(ids));
    this.scanouts.push(scanout);
    return scanout;
  }

  close(): void {
    this.#closed = true;
    for (const scanout of this.scanouts) scanout.close();
  }
}

/** Memory stands in for dma-bufs; every fence has signalled. */
export class FakeNative implements Native {
  readonly devices: FakeDevice[] = [];
  /** Mappings not closed yet. */
  openMappings = 0;
  /** What `dirtyFramebuffer` was called with, in order. */
  readonly flushed: number[] = [];
  /** What `sampleFence` resolves with, ns. */
  fenceSignalledNs = 0;
  /** What `sendDatagram` was called with, in order. */
  readonly datagrams: { readonly address: Uint8Array; readonly message: Uint8Array }[] = [];

  openDevice(_fd?: number): FakeDevice {
    const device = new FakeDevice();
    this.devices.push(device);
    return device;
  }

  watchReadable(_fd: number, _onReadable: (errno: number) => void): NativeWatcher {
    return { close: () => undefined };
  }

  mapDmabuf(_fd: number, bytes: number): NativeMapping {
    this.openMappings++;
    let open = true;
    return {
      buffer: new ArrayBuffer(bytes),
      beginAccess: () => undefined,
      endAccess: () => undefined,
      close: () => {
        if (open) this.openMappings--;
        open = false;
      },
    };
  }

  exportSyncFile(_dmabufFd: number): number {
    throw nativeError(25, 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE');
  }

  importSyncFile(_dmabufFd: number, _syncFileFd: number): void {
    throw nativeError(25, 'DMA_BUF_IOCTL_IMPORT_SYNC_FILE');
  }

  mergeSyncFiles(_first: number, _second: number): number {
    throw nativeError(25, 'SYNC_IOC_MERGE');
  }

  syncFileInfo(_fd: number): SyncFileInfo {
    return { status: 1, fences: [] };
  }

  dirtyFramebuffer(_fd: number, framebuffer: number): Promise<void> {
    this.flushed.push(framebuffer);
    return Promise.resolve();
  }

  openSyncDevice(_fd: number): NativeSyncDevice {
    throw nativeError(95, 'DRM_CAP_SYNCOBJ_TIMELINE');
  }

  openUevents(): number {
    throw nativeError(93, 'socket');
  }

  readUevent(): undefined {
    // it has opened none
  }

  createUdmabuf(_bytes: number): number {
    throw nativeError(2, 'open /dev/udmabuf');
  }

  createMemory(_bytes: number): number {
    throw nativeError(12, 'memfd_create');
  }

  wrapMemory(_memory: number, _bytes: number): number {
    throw nativeError(2, 'open /dev/udmabuf');
  }

  pageRuns(_memory: number, _bytes: number): BigUint64Array {
    throw nativeError(1, 'read /proc/self/pagemap');
  }

  mapPieces(): NativeMapping {
    throw nativeError(19, 'mmap'); // its files have no pages
  }

  createUdmabufOf(): number {
    throw nativeError(2, 'open /dev/udmabuf');
  }

  sealsOf(): number {
    throw nativeError(22, 'F_GET_SEALS');
  }

  copyRectangles(
    target: ArrayBuffer,
    targetStrideBytes: number,
    source: ArrayBuffer,
    sourceStrideBytes: number,
    rectangles: Uint32Array,
    count: number,
  ): number {
    let copied = 0;
    for (let i = 0; i < count; i++) {
      const [x = 0, y = 0, width = 0, height = 0] = rectangles.subarray(i * 4, i * 4 + 4);
      for (let row = y; row < y + height; row++) {
        const from = new Uint8Array(source, row * sourceStrideBytes + x * 4, width * 4);
        new Uint8Array(target, row * targetStrideBytes + x * 4, width * 4).set(from);
      }
      copied += width * height * 4;
    }
    return copied;
  }

  openGl(): NativeGl {
    throw new GuestheadError('ERR_UNSUPPORTED', 'The fake machine has no GL');
  }

  sampleFence(): Promise<number> {
    return Promise.resolve(this.fenceSignalledNs);
  }

  sendDatagram(address: Uint8Array, message: Uint8Array): void {
    this.datagrams.push({ address: Uint8Array.from(address), message: Uint8Array.from(message) });
  }

  duplicate(): number {
    throw nativeError(9, 'fcntl');
  }

  hypervisor(): string {
    return '';
  }

  peerProcess(): number {
    throw nativeError(88, 'SO_PEERCRED'); // it has connected none
  }

  listenSocket(): number {
    throw nativeError(93, 'socket');
  }

  acceptSocket(): undefined {
    // it listens nowhere
  }

  connectSocket(): number {
    throw nativeError(93, 'socket');
  }

  connectStream(): number {
    throw nativeError(93, 'socket');
  }

  socketPair(): readonly [number, number] {
    throw nativeError(93, 'socketpair');
  }

  openBusPeer(): NativeBusPeer {
    throw new GuestheadError('ERR_UNSUPPORTED', 'The fake machine has no D-Bus');
  }

  sendMessage(): void {
    throw nativeError(88, 'sendmsg'); // it has connected none
  }

  receiveMessage(): undefined {
    // the same
  }

  discardCode(): void {
    // it has no libraries
  }
}
