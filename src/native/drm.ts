/** The display (native/drm): commits, their events, and what the kernel tells of devices. */
import type { NativeError } from './error.js';

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

export interface DrmAddon {
  /** Keeps a duplicate. Events cost one system call less where the file is non-blocking, which it then has to stay. */
  openDevice(fd: number): NativeDevice;
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
}
