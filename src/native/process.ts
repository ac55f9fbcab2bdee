/** What the addon does to processes: this one, and those that are started as other users. */
export interface ProcessAddon {
  /**
   * [name, uid, gid, home, shell, all groups] of a user by name or number, as the system's databases have it; undefined where
   * there is none. Throws NativeError (EIO, EMFILE, …: they could not be read).
   */
  userOf(
    user: string,
  ): [name: string, uid: number, gid: number, home: string, shell: string, groups: Uint32Array] | undefined;
  /**
   * This process becomes a program of that user, looked for in PATH, and keeps its number, its environment and what is open at 0, 1
   * and 2. Returns only by throwing NativeError (EPERM: not root; ENOENT, EACCES: no such program): it should end then.
   */
  execAs(uid: number, gid: number, groups: Uint32Array, command: readonly string[]): never;
  /** A new pipe's end to read and end to write, close-on-exec, the caller's to close. Throws NativeError. */
  openPipe(): readonly [number, number];
  /**
   * From now on glibc's allocator keeps no more than 128 KiB of what is free in each of its arenas; by itself it comes to keep up to
   * 64 MiB. For a process that runs for months. mallopt(3), M_TRIM_THRESHOLD; never fails, and does nothing with other C libraries.
   */
  giveBackFreedMemory(): void;
  /**
   * From now on the calling thread comes before all that are not real-time ones: SCHED_RR of the least priority, which threads and
   * processes that it starts do not have (sched(7), SCHED_RESET_ON_FORK). False, and nothing is changed, where it may not (neither
   * CAP_SYS_NICE nor RLIMIT_RTPRIO), or where the kernel would end it for computing too long (RLIMIT_RTTIME). Never throws.
   */
  runInRealTime(): boolean;
  /**
   * Has a thread load Mesa's drivers, which bring LLVM, and returns at once: for a program that opens a GPU when it has done what else it
   * has to. dlopen(3) in any other thread waits for that one. Does nothing but once, and nothing where there is no render node, where
   * NVIDIA's driver has one, or where GBM_BACKEND, GBM_BACKENDS_PATH or LIBGL_DRIVERS_PATH is set. Throws an Error where there can be no
   * thread.
   */
  loadDriverAhead(): void;
}
