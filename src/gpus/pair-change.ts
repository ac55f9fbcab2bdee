/** What a pair of GPUs tells its heads. */
import type { GuestheadError } from '../errors.js';

export type GpuRole = 'display' | 'render';

export type PairChange =
  /** A connector may have come, gone or changed its modes. */
  | { readonly kind: 'hotplug' }
  /** A device went; nothing that belongs to it can be used or needs closing. */
  | { readonly kind: 'lost'; readonly fault: GuestheadError; readonly role: GpuRole }
  /** Both devices are open again. */
  | { readonly kind: 'back' }
  /** The display is to be left to others: nothing is committed until `resumed`. */
  | { readonly kind: 'paused' }
  /** The display may be used again; what it shows is somebody else's. */
  | { readonly kind: 'resumed' }
  /** Something that the heads outlive. */
  | { readonly kind: 'fault'; readonly fault: GuestheadError };
