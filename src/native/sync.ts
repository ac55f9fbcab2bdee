/** Clients' timelines (native/drm/timeline.h): DRM syncobjs, whose points whoever shares them sets, waits for and signals. */

/** Ends a wait. Idempotent. */
export interface NativeSyncWait {
  close(): void;
}

export interface NativeTimeline {
  /**
   * Null where the point has signalled. Else `onSignalled` is called once it has, also where nobody has set it yet, and again until the
   * wait is closed, which keeps the event loop alive until then and needs neither the timeline nor its device; `errno` is 0, or why
   * polling failed. Throws NativeError (ENODEV: the device is gone).
   */
  whenSignalled(point: bigint, onSignalled: (errno: number) => void): NativeSyncWait | null;
  /** Signals it, and all points before it. Throws NativeError (ENODEV: the device is gone). */
  signal(point: bigint): void;
  /** Idempotent. */
  close(): void;
}

export interface NativeSyncDevice {
  /** Of a syncobj's descriptor, which stays the caller's. Throws NativeError (EINVAL: it is no syncobj; ENODEV: the device is gone). */
  importTimeline(fd: number): NativeTimeline;
  /** Its timelines go on. Idempotent. */
  close(): void;
}

export interface SyncAddon {
  /**
   * Tries on a DRM node all that timelines are used for, and keeps a duplicate of it. Throws NativeError, whose `syscall` says what does
   * not work: DRM_CAP_SYNCOBJ_TIMELINE (ENOTSUP) where its driver has no timelines, DRM_IOCTL_SYNCOBJ_EVENTFD before Linux 6.6.
   */
  openSyncDevice(fd: number): NativeSyncDevice;
}
