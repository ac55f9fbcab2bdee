/**
 * The addon's typed interface, and the only place that loads it.
 *
 * The addon is mechanism only: each method does one operation on ready values.
 * It owns what it is given by *duplicating* it: the caller keeps and closes its
 * own descriptor. A method that fails throws a `NativeError`; `Scanout.commit`,
 * which runs every frame, returns the negative errno instead.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { addonMissing } from './addon-missing.js';
import type { BusHandlers, NativeBusPeer } from './native-bus.js';
import type { GlResultHandler, NativeGl } from './native-gl.js';
import type { InputAddon } from './native-input.js';
import type { PaintAddon } from './native-paint.js';
import type { PortAddon } from './native-port.js';
import type { ProcessAddon } from './native-process.js';
import type { SessionAddon } from './native-session.js';
import type { SyncAddon } from './native-sync.js';
import type { WaylandAddon } from './native-wayland.js';
import { packageRoot } from './package-root.js';

export type { BusHandlers, BusValue, NativeBusPeer } from './native-bus.js';
export type { GlFailure, GlFormat, GlInfo, GlPixels, GlResultHandler, NativeGl } from './native-gl.js';

/** What the addon throws when the kernel refuses: positive errno, its name, and the call. */
export interface NativeError extends Error {
  readonly errno: number;
  /** `'EINVAL'`, … */
  readonly code: string;
  /** `'DRM_IOCTL_MODE_ATOMIC'`, `'mmap'`, … */
  readonly syscall: string;
}

/** Flags of an atomic commit, as in drm_mode.h. */
export const commitFlag = { pageFlipEvent: 0x1, testOnly: 0x100, nonblock: 0x200, allowModeset: 0x400 } as const;

/** `length` assignments, at most 64: property `properties[i]` of object `objects[i]` becomes `values[i]`. */
export interface AtomicRequest {
  readonly objects: Uint32Array;
  readonly properties: Uint32Array;
  readonly values: BigUint64Array;
}

/** Object and property ids of one CRTC and its primary plane; 0 = the driver has no such property. */
export interface ScanoutIds {
  readonly crtc: number;
  readonly plane: number;
  readonly fbId: number;
  readonly inFenceFd: number;
  readonly outFencePtr: number;
  readonly fbDamageClips: number;
}

export interface ScanoutHandlers {
  /**
   * A page flip completed. `sequence` is the CRTC's vblank counter (32 bits, wraps),
   * `timestampNs` the kernel's CLOCK_MONOTONIC time of it. `flushPending` = the
   * host has not finished this buffer's flush although the kernel went on.
   */
  flip(slot: number, sequence: number, timestampNs: number, flushPending: boolean): void;
  /**
   * The host is done with this slot's buffer: its successor has been flipped to,
   * and every fence on it and the successor's flush fence have signalled.
   * Called once for each slot that a flip replaced, right after that `flip`
   * where all has signalled already; and for one that `setCurrent` replaced.
   */
  fence(slot: number): void;
  /** Reading events or polling a fence failed: the device is gone. Called at most once. */
  error(error: NativeError): void;
}

/** One CRTC's frame path. */
export interface NativeScanout {
  /** Names a framebuffer and the dma-buf behind it by a small slot number, 0–63. `dmabufFd` -1 = no fences to wait for. */
  attach(slot: number, framebuffer: number, dmabufFd: number): void;
  /** Forgets a slot and closes what it duplicated; a pending fence of it is never reported. */
  detach(slot: number): void;
  /**
   * One atomic commit that shows the slot's framebuffer (FB_ID on the plane).
   * `inFence` is a sync_file fd for IN_FENCE_FD (the caller keeps it) or -1.
   * `flags` are `commitFlag`s; with `pageFlipEvent` the `flip` handler follows.
   * With `wantOutFence` an OUT_FENCE_PTR is set and its new sync_file fd returned,
   * owned by the caller. `damage`: x1, y1, x2, y2 of each rectangle that changed, for FB_DAMAGE_CLIPS;
   * ignored where the plane has none. `state`: what else is set with it, such as the mode and
   * the connector; all in all at most 64 assignments. Returns 0, the out-fence, or a negative errno (-EOPNOTSUPP
   * for a fence whose property id is 0); on a negative errno nothing has changed and
   * no handler follows. Throws RangeError on a slot that is not attached.
   */
  commit(
    slot: number,
    inFence: number,
    flags: number,
    wantOutFence: boolean,
    damage?: Uint32Array,
    state?: AtomicRequest,
  ): number;
  /**
   * Says which slot is on the screen without a flip of its own, so that the next flip replaces
   * it; -1 = nothing of ours, as when the CRTC was turned off. Another slot that was there is replaced as by a flip:
   * its `fence` follows by the same rule, though after -1 no successor's flush is
   * waited for. It comes in a later turn of the event loop, never from within this call.
   * The slot that is there already: nothing happens.
   */
  setCurrent(slot: number): void;
  /** No handler is called after close. Idempotent. */
  close(): void;
}

export interface NativeDevice {
  /** Commits all at once (or only tests, by flags); blocks unless `nonblock`. Throws NativeError. */
  commit(request: AtomicRequest, flags: number): void;
  /**
   * What to commit, with a modeset allowed, where the environment ends before `close`, and no JavaScript
   * runs any more: `worker.terminate()`, or the process that exits around a worker. One request for each
   * CRTC, a later one in its place, null for none. What it refers to stays open until then.
   */
  commitAtEnd(crtc: number, request: AtomicRequest | null): void;
  /** The handlers run on this environment's event loop, which an open scanout with a flip under way keeps alive. */
  createScanout(ids: ScanoutIds, handlers: ScanoutHandlers): NativeScanout;
  /** Closes its scanouts, then its descriptor. Idempotent. */
  close(): void;
}

/** A dma-buf mapped for the CPU. */
export interface NativeMapping {
  /** Detached (length 0) once closed. */
  readonly buffer: ArrayBuffer;
  /** DMA_BUF_IOCTL_SYNC start: waits for the fences that forbid the access, and makes the CPU's view coherent. */
  beginAccess(access: Access): void;
  /** DMA_BUF_IOCTL_SYNC end; only after a begin with the same access. */
  endAccess(access: Access): void;
  /** Detaches `buffer` and unmaps. Idempotent. */
  close(): void;
}

/** 1 read, 2 write, 3 both: the bits of DMA_BUF_SYNC_RW. */
export const access = { read: 1, write: 2, readWrite: 3 } as const;
export type Access = (typeof access)[keyof typeof access];

export interface SyncFileInfo {
  /** 1 signalled, 0 pending, negative = a fence's error. */
  readonly status: number;
  readonly fences: readonly {
    readonly driver: string;
    readonly timeline: string;
    readonly status: number;
    /** CLOCK_MONOTONIC time of the signal; 0 while pending. */
    readonly timestampNs: number;
  }[];
}

/** What `receiveMessage` read. */
export interface NativeMessage {
  /** Bytes; 0 = the peer is gone, and nothing follows. */
  readonly length: number;
  /** The caller's to close; all are close-on-exec. */
  readonly fds: readonly number[];
}

/**
 * Calls `onReadable` whenever the fd is readable or hung up, until closed; `errno` is 0 or why polling failed. It watches by a duplicate
 * with a higher number.
 */
export interface NativeWatcher {
  close(): void;
}

export interface Native extends SyncAddon {
  /** Keeps a duplicate. Events cost one system call less where the file is non-blocking, which it then has to stay. */
  openDevice(fd: number): NativeDevice;
  /** `onReadable` should read what there is; it is called again while the fd stays readable. */
  watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher;
  /** Maps `bytes` of a dma-buf, shared. Throws NativeError. */
  mapDmabuf(fd: number, bytes: number, access: Access): NativeMapping;
  /**
   * Maps pieces of files, whole pages given in bytes, side by side, less than 4 GiB in all: to read, for what is written is
   * seen in this mapping alone, whose page shows nothing new from then on. `beginAccess` and `endAccess` do nothing. The caller keeps
   * the descriptors, and sees to it that no file shrinks. Throws NativeError (EINVAL: a piece ends behind its file), RangeError.
   */
  mapPieces(fds: Uint32Array, offsets: BigUint64Array, sizes: BigUint64Array): NativeMapping;
  /**
   * A new sync_file of the dma-buf's fences, owned by the caller: those that a
   * reader (`read`: rendering and flushes) or a writer (`write`: readers too) must wait for.
   */
  exportSyncFile(dmabufFd: number, access: Access): number;
  /**
   * Adds a sync_file's fences to the dma-buf's own: as a reader's (`read`: writers
   * to come wait for them) or a writer's (`write`: readers too). The caller keeps both
   * descriptors. Throws NativeError, ENOTTY on kernels before 6.0.
   */
  importSyncFile(dmabufFd: number, syncFileFd: number, access: Access): void;
  /**
   * A new sync_file, close-on-exec and owned by the caller, that has signalled once
   * both have; the caller keeps those, too. Throws NativeError.
   */
  mergeSyncFiles(first: number, second: number): number;
  syncFileInfo(fd: number): SyncFileInfo;
  /**
   * DRM_IOCTL_MODE_DIRTYFB for the whole framebuffer: hands the host what was drawn into
   * a buffer that stays on the screen. On a thread of its own, for on virtio-gpu it is a
   * blocking commit that waits for the buffer's fences, the host and a vblank (up to
   * some 60 ms, longer for a late fence). The fd is duplicated for the time of the
   * call, which cannot be cancelled: where the environment ends before, the thread keeps
   * the device open until the kernel returns, the promise stays pending, and
   * process.exit() does not wait. Rejects with NativeError (ENOSYS, EINVAL, ENOENT, EACCES, …).
   */
  dirtyFramebuffer(fd: number, framebuffer: number): Promise<void>;
  /**
   * A new netlink socket that hears the kernel's uevents (hotplug among them), from now
   * on; non-blocking, close-on-exec, owned by the caller, and read by `readUevent` after
   * `watchReadable`. Throws NativeError.
   */
  openUevents(): number;
  /**
   * The next uevent: `ACTION@DEVPATH`, then `KEY=value` lines, each ended by a zero byte.
   * An empty text stands for a message that another process sent and not the kernel; it must
   * not be believed. Undefined = there is no more to read for now. Throws NativeError; ENOBUFS =
   * some were lost: look at the devices themselves.
   */
  readUevent(fd: number): string | undefined;
  /**
   * A new dma-buf of ordinary memory, `bytes` rounded up to whole pages, owned by the
   * caller: a sealed memfd given to /dev/udmabuf. Throws NativeError, whose `syscall`
   * says which step failed.
   */
  createUdmabuf(bytes: number): number;
  /**
   * A new memfd, `bytes` rounded up to whole pages, that cannot shrink; close-on-exec, owned by the caller. `filled`: each page has its
   * memory, zeros, in few runs where the kernel lets it. Throws NativeError.
   */
  createMemory(bytes: number, filled?: boolean): number;
  /**
   * A new dma-buf of such a memfd's first `bytes`, owned by the caller: pins the pages for its life. Throws NativeError (EBADFD: it is
   * no memfd; EINVAL: it can shrink, is sealed against writing, is shorter, or is larger than udmabuf's limit).
   */
  wrapMemory(memory: number, bytes: number): number;
  /**
   * The physical pages behind the first `bytes` of a memfd, in its order: the first page's address ÷ 4096 and how many there
   * are, one run after the other. They hold while something pins the pages: a dma-buf made before. Throws NativeError (EPERM, EACCES: only
   * a process with CAP_SYS_ADMIN learns them; EAGAIN: a page is not in memory).
   */
  pageRuns(memory: number, bytes: number): BigUint64Array;
  /**
   * A new dma-buf of pieces of memfds, as `mapPieces` takes them, owned by the caller: UDMABUF_CREATE_LIST, which keeps the
   * pages. Throws NativeError (EINVAL: a memfd that may shrink or must not be written to, or more than udmabuf's limits).
   */
  createUdmabufOf(fds: Uint32Array, offsets: BigUint64Array, sizes: BigUint64Array): number;
  /** F_GET_SEALS: the bits of F_SEAL_*. Throws NativeError, EINVAL for a file that cannot have any. */
  sealsOf(fd: number): number;
  /**
   * Copies `count` rectangles (x, y, width, height in 4-byte pixels, one after the
   * other) between two pictures whose strides are given in bytes, past the caches where
   * the CPU can. Returns the bytes copied. Throws RangeError, with nothing copied, where
   * a rectangle lies outside of either picture.
   */
  copyRectangles(
    target: ArrayBuffer,
    targetStrideBytes: number,
    source: ArrayBuffer,
    sourceStrideBytes: number,
    rectangles: Uint32Array,
    count: number,
  ): number;
  /**
   * Watches, on a worker thread, for the flush fence that a commit just made
   * puts on the dma-buf: looks every `intervalUs` until a fence is pending, waits for
   * it, and resolves with the CLOCK_MONOTONIC time (ns) at which the kernel signalled
   * it. Resolves with 0 when none was seen to signal within `timeoutMs`: it came and
   * went between two looks, never came, or is still pending. Not on libuv's pool,
   * which process.exit() would wait for.
   */
  sampleFence(dmabufFd: number, intervalUs: number, timeoutMs: number): Promise<number>;
  /**
   * Sends one datagram to a Unix socket, without waiting. `address` is what stands in
   * sun_path, 1–108 bytes: a path, or a zero byte and an abstract name. Throws NativeError
   * (ENOENT, ECONNREFUSED: nobody there; EAGAIN: the receiver's queue is full; EACCES, EMSGSIZE, …).
   */
  sendDatagram(address: Uint8Array, message: Uint8Array): void;
  /**
   * Another descriptor of the same open file, close-on-exec and owned by the caller: the lowest number that is free,
   * from `least` on. Throws NativeError (EINVAL: no number is that high).
   */
  duplicate(fd: number, least?: number): number;
  /**
   * What the processor says of the machine below it (CPUID leaf 0x40000000): `KVMKVMKVM`, `TCGTCGTCGTCG` where QEMU
   * emulates it, …; empty on bare metal, where the hypervisor hides, and on other processors than x86's.
   */
  hypervisor(): string;
  /**
   * SO_PEERCRED of a connected Unix socket: who called listen() or connect() at its other end; 0 = a process outside of this one's
   * PID namespace. Throws NativeError.
   */
  peerProcess(fd: number): number;
  /**
   * A new Unix socket (SOCK_SEQPACKET) that takes connections at `address`, which is as for `sendDatagram`;
   * non-blocking, close-on-exec, owned by the caller, who also removes the file that a path leaves. Throws
   * NativeError (EADDRINUSE: somebody listens there, or has left the file; EACCES, ENOENT, …).
   */
  listenSocket(address: Uint8Array): number;
  /**
   * The next connection that waits at such a socket, after `watchReadable`; non-blocking, close-on-exec, owned by
   * the caller. Undefined = none waits. Throws NativeError (EMFILE: it goes on waiting).
   */
  acceptSocket(fd: number): number | undefined;
  /**
   * A connection to such a socket; non-blocking, close-on-exec, owned by the caller. Throws NativeError
   * (ENOENT, ECONNREFUSED: nobody listens; EAGAIN: too many connections wait there).
   */
  connectSocket(address: Uint8Array): number;
  /** The same to a socket of SOCK_STREAM. */
  connectStream(address: Uint8Array): number;
  /** The two ends of a new connection of SOCK_STREAM; non-blocking, close-on-exec, owned by the caller. Throws NativeError. */
  socketPair(): readonly [number, number];
  /**
   * Sends one message of at least one byte with at most 253 descriptors, which stay the caller's; without waiting,
   * all of it or nothing. Throws NativeError (EAGAIN: the peer has too much unread; EPIPE,
   * ECONNRESET: it is gone; EMSGSIZE; EBADF: one of the descriptors is closed; ETOOMANYREFS: too many of this user are
   * under way).
   */
  sendMessage(fd: number, bytes: Uint8Array, fds: Uint32Array): void;
  /**
   * Reads the next message into `into`. Undefined = there is none for now. Throws NativeError where
   * the message was longer or brought more than `mostFds` (0–253) descriptors (EMSGSIZE), or
   * this process has no descriptor left for one of them (EMFILE): the message is lost then, and all that came with it closed.
   */
  receiveMessage(fd: number, into: Uint8Array, mostFds: number): NativeMessage | undefined;
  /**
   * Unmaps the pages of code of the loaded libraries whose file's name begins with `name`: for one
   * whose initializers are most of what ever runs of it. A page that is used again comes from the
   * page cache, or from the file. A debugger's breakpoints in them are lost. Linux's MADV_DONTNEED;
   * never fails, and does nothing where no such library is loaded.
   */
  discardCode(name: string): void;
  /**
   * Starts a thread that opens EGL and GLES on a `struct gbm_device *`, which must live until `onEnded` is called, some time
   * after `close`: the thread has ended then, and everything of it is closed; one that hangs in its driver never does. 0n and
   * a node's path: EGL's device of that node; 0n and '': Mesa's software renderer. Throws NativeError (EAGAIN: no thread).
   */
  openGl(gbmDevice: bigint, node: string, onResult: GlResultHandler, onEnded: () => void): NativeGl;
  /**
   * Speaks D-Bus over a connected stream socket, by libsystemd's sd-bus: as the end that authenticates itself, or (`isServer`)
   * the one that checks. Keeps a duplicate. Throws an Error with code ERR_LIBRARY_MISSING, or NativeError.
   */
  openBusPeer(fd: number, isServer: boolean, handlers: BusHandlers): NativeBusPeer;
}

const root = join(packageRoot, 'native');
/** All of it: what the kernel is reached by, which a fake stands in for, and the servers, which need no fake. */
export type Addon = Native & WaylandAddon & InputAddon & SessionAddon & PaintAddon & PortAddon & ProcessAddon;

let loaded: Addon | undefined;

/** The file that `loadNative` loads; undefined where there is none that fits. */
export function addonFile(): string | undefined {
  const build = createRequire(import.meta.url)('node-gyp-build') as { path(dir: string): string };
  try {
    return build.path(root);
  } catch {
    return undefined;
  }
}

/** Loads the addon on first use: a prebuilt one, or the checkout's own build. */
export function loadNative(folder: string = root): Addon {
  if (loaded !== undefined && folder === root) return loaded;
  const require = createRequire(import.meta.url);
  const findAndLoad = require('node-gyp-build') as (dir: string) => Addon;
  try {
    const native = findAndLoad(folder);
    if (folder === root) loaded = native;
    return native;
  } catch (cause) {
    throw addonMissing('guesthead’s native addon', cause);
  }
}
