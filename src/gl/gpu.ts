/** What GL is opened on. */
import type { FenceCalls } from '../buffer/index.js';
import type { Allocator } from '../device/index.js';
import type { GuestheadError } from '../errors.js';
import type { Native } from '../native/index.js';

/** The GPU that draws, as the pair has opened it. */
export interface GlGpu {
  readonly native: Pick<Native, 'openGl'> & FenceCalls;
  /** Shared with whoever allocates; none for Mesa's software renderer. */
  readonly gbm?: Pick<Allocator, 'address' | 'lend' | 'abandon'> | undefined;
  /** The node, for messages. */
  readonly device?: string | undefined;
  /** Asked where a job failed or all ends: the loss, where the GPU is gone. */
  readonly lost?: ((cause?: unknown) => GuestheadError | undefined) | undefined;
}

export interface GlOptions {
  /** How long one job may be with the driver before the thread is taken for hung. Default 10 seconds; 60 for a software renderer. */
  readonly timeoutMs?: number | undefined;
}
