/** What a pair of GPUs can be asked for: declared here and nowhere else. Loads nothing that the command would wait for. */
import { thing, type Declarations, type Text } from '../declare.js';
import type { GuestheadError } from '../errors.js';
import type { Kernel } from '../device/index.js';

const device = {
  kind: 'text',
  named: 'device',
  value: '<node|driver|pci>',
  standard: 'auto',
  advice: 'write auto, a driver’s name, a PCI address or a node',
} as const satisfies Partial<Text>;

export const gpuOptions = {
  /** The GPU that allocates: `auto`, the default, a driver's name, a PCI address or a node. */
  render: { ...device, says: 'the GPU that allocates the buffers' },
  /** The device that shows: likewise; `auto` = virtio-gpu. */
  display: { ...device, says: 'the device that shows them' },
  /** Where another process is DRM master: waits until it gives the display back, instead of ERR_NOT_MASTER. */
  wait: { kind: 'switch', says: 'wait while another process is DRM master' },
  /** Called once where `wait` has to wait, with the error it would have been. */
  onWait: thing('function', isFunction),
  /** Ends the waiting of `wait`: opening rejects with its reason, and nothing stays open. Aborted before, it refuses at once; once open, it is ignored. */
  signal: thing('AbortSignal', isAbortSignal),
  /** A device that is unbound and bound again is opened again, and its heads flip on, instead of ERR_DEVICE_LOST. */
  reopen: { kind: 'switch', says: 'go on when a lost device comes back' },
  /**
   * The display's primary node as a session manager (libseat, logind) opened it, in place of `display`. It is
   * duplicated: the caller keeps its own and closes it. DRM master is the session manager's
   * affair: it is never set nor dropped here. Call `pause()` before the session gives the display up, and `resume()`
   * when it has it again.
   */
  displayFd: thing('descriptor', isDescriptor),
  /** The render GPU's node likewise, in place of `render`. */
  renderFd: thing('descriptor', isDescriptor),
  /** What stands in for the kernel in tests: `FakeKernel` of `guesthead/testing`. */
  kernel: thing('stand-in for the kernel', isKernel),
} as const satisfies Declarations;

function isFunction(value: unknown): value is (why: GuestheadError) => void {
  return typeof value === 'function';
}

function isAbortSignal(value: unknown): value is AbortSignal {
  return value instanceof AbortSignal;
}

function isDescriptor(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === 'object' && value !== null && 'openNode' in value;
}
