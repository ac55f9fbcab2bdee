/** What the addon throws when the kernel refuses: positive errno, its name, and the call. */
export interface NativeError extends Error {
  readonly errno: number;
  /** `'EINVAL'`, … */
  readonly code: string;
  /** `'DRM_IOCTL_MODE_ATOMIC'`, `'mmap'`, … */
  readonly syscall: string;
}
