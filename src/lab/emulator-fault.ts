/** Whether a boot that failed says something of the kernel, or of the processor that QEMU emulates. */
import type { Accelerator } from './machine.js';

export interface FailedBoot {
  readonly accelerator: Accelerator;
  /** A user named the kernel: it is what is tested, and what it does is not explained away. */
  readonly isNamed: boolean;
  readonly hung: boolean;
  readonly console: string;
}

/**
 * TCG at times runs a breakpoint that the kernel, patching itself while it boots, has
 * removed already (seen in 2 boots of some 60); and once the kernel hung, silent.
 */
const removedBreakpoint = 'Oops: int3';

/** Then it is booted once more. */
export function isEmulatorsDoing({ accelerator, isNamed, hung, console }: FailedBoot): boolean {
  return accelerator === 'tcg' && !isNamed && (hung || console.includes(removedBreakpoint));
}

/** What to think of a named kernel's boot that looks like that; undefined where it does not. */
export function emulatorAdvice({ accelerator, console }: FailedBoot): string | undefined {
  if (accelerator !== 'tcg' || !console.includes(removedBreakpoint)) return undefined;
  return 'QEMU, emulating, at times runs a breakpoint that the kernel has removed already (int3): boot it again before you blame the kernel';
}
