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
  /**
   * The display's primary node as a session manager (libseat, logind) opened it, in place of `display`. It is
   * duplicated: the caller keeps its own and closes it. DRM master is the session manager's
   * affair: it is never set nor dropped here. Call `pause()` before the session gives the display up, and `resume()`
   * when it has it again.
   */
  readonly displayFd?: number | undefined;
  /** The render GPU's node likewise, in place of `render`. */
  readonly renderFd?: number | undefined;
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
  readonly displayFd: number | undefined;
  readonly renderFd: number | undefined;
  readonly kernel: Kernel;
}

/** Throws ERR_USAGE. */
export function parseGpuOptions(options: GpuOptions): CheckedGpuOptions {
  const { render = 'auto', display = 'auto', wait = false, reopen = false, onWait, signal } = options;
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal))
    throw new GuestheadError('ERR_USAGE', '`signal` is no AbortSignal');
  assertDescriptors(options);
  return {
    render,
    display,
    wait,
    onWait: onWait ?? (() => undefined),
    signal,
    reopen,
    displayFd: options.displayFd,
    renderFd: options.renderFd,
    kernel: options.kernel ?? systemKernel,
  };
}

/** A node that somebody else opens cannot be chosen, waited for or opened again here. */
function assertDescriptors(options: GpuOptions): void {
  const { displayFd, renderFd, display, render, wait, reopen } = options;
  assertDescriptor('displayFd', displayFd, { display, wait, reopen });
  assertDescriptor('renderFd', renderFd, { render, reopen });
}

function assertDescriptor(name: string, fd: number | undefined, others: Readonly<Record<string, unknown>>): void {
  if (fd === undefined) return;
  if (!Number.isInteger(fd) || fd < 0) throw new GuestheadError('ERR_USAGE', `\`${name}\` is no descriptor`);
  const [other] = Object.entries(others).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (other !== undefined)
    throw new GuestheadError('ERR_USAGE', `\`${name}\` does not go with \`${other}\``, {
      advice: 'whoever opened the descriptor has chosen the device, and opens it again where it must be',
    });
}
