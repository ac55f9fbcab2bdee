/** What a pair of GPUs was asked for; checked in one place, before any device is touched. */
import { checkOptions, type CheckedOf, type OptionsOf } from '../declare.js';
import { systemKernel, type Kernel } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { gpuOptions } from './declared.js';

/**
 * What a pair of GPUs can be asked for: which devices, and what to do where they are in use or go away.
 * @interface
 */
export type GpuOptions = OptionsOf<typeof gpuOptions>;

export interface CheckedGpuOptions extends Omit<CheckedOf<typeof gpuOptions>, 'onWait' | 'kernel'> {
  readonly onWait: (why: GuestheadError) => void;
  readonly kernel: Kernel;
}

/** Throws ERR_USAGE. */
export function parseGpuOptions(options: GpuOptions): CheckedGpuOptions {
  const { onWait = () => undefined, kernel = systemKernel, ...checked } = checkOptions(gpuOptions, options);
  assertDescriptors(options);
  return { ...checked, onWait, kernel };
}

/** A node that somebody else opens cannot be chosen, waited for or opened again here. */
function assertDescriptors(options: GpuOptions): void {
  const { displayFd, renderFd, display, render, wait, reopen } = options;
  assertDescriptor('displayFd', displayFd, { display, wait, reopen });
  assertDescriptor('renderFd', renderFd, { render, reopen });
}

function assertDescriptor(name: string, fd: number | undefined, others: Readonly<Record<string, unknown>>): void {
  if (fd === undefined) return;
  const [other] = Object.entries(others).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (other !== undefined)
    throw new GuestheadError('ERR_USAGE', `\`${name}\` does not go with \`${other}\``, {
      advice: 'whoever opened the descriptor has chosen the device, and opens it again where it must be',
    });
}
