/** What a pair of GPUs can be asked for; checked in one place, before any device is touched. */
import { systemKernel, type Kernel } from '../device/index.js';
import { GuestheadError } from '../errors.js';

export interface GpuOptions {
  /** The GPU that allocates: `auto`, a driver's name, a PCI address or a node. */
  readonly render?: string | undefined;
  /** The device that shows: likewise; `auto` = virtio-gpu. */
  readonly display?: string | undefined;
  /** Where another process is DRM master: waits until it gives the display back, instead of ERR_NOT_MASTER. */
  readonly wait?: boolean | undefined;
  /** Called once where `wait` has to wait, with the error it would have been. */
  readonly onWait?: ((why: GuestheadError) => void) | undefined;
  /** Ends the waiting of `wait`: opening rejects with its reason, and nothing stays open. Aborted before, it refuses at once; once open, it is ignored. */
  readonly signal?: AbortSignal | undefined;
  /** A device that is unbound and bound again is opened again, and its heads flip on, instead of ERR_DEVICE_LOST. */
  readonly reopen?: boolean | undefined;
  /** What stands in for the kernel in tests: `FakeKernel` of `guesthead/testing`. */
  readonly kernel?: Kernel | undefined;
}

export interface CheckedGpuOptions {
  readonly render: string;
  readonly display: string;
  readonly wait: boolean;
  readonly onWait: (why: GuestheadError) => void;
  readonly signal: AbortSignal | undefined;
  readonly reopen: boolean;
  readonly kernel: Kernel;
}

/** Throws ERR_USAGE. */
export function parseGpuOptions(options: GpuOptions): CheckedGpuOptions {
  const { render = 'auto', display = 'auto', wait = false, reopen = false, onWait, signal } = options;
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal))
    throw new GuestheadError('ERR_USAGE', '`signal` is no AbortSignal');
  return {
    render,
    display,
    wait,
    onWait: onWait ?? (() => undefined),
    signal,
    reopen,
    kernel: options.kernel ?? systemKernel,
  };
}
