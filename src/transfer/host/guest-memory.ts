/** What the broker needs of a virtual machine: its pages, and word of what makes them mean something else. */
import type { Observable } from 'rxjs';
import type { NativeMapping } from '../../native/index.js';
import type { PageRun } from '../protocol/fields.js';

/** The memory of one running guest, as its QEMU has it. */
export interface GuestMemory {
  /** How its pages reach a consumer: as a dma-buf, or only as a mapping in this process (the host has no /dev/udmabuf). */
  readonly kind: 'dma-buf' | 'mapping';
  /** Why there are no dma-bufs, a clause for people; undefined where there are. */
  readonly whyMapped?: string | undefined;
  /**
   * Takes the pages of `runs`, in their order, `bytes` in all. Throws ERR_USAGE for runs that the guest may not name (outside of its
   * RAM, overlapping the end of a region, none or too many), ERR_SYSTEM where the host refuses.
   */
  take(runs: readonly PageRun[], bytes: bigint): GuestPages;
  /** What ends the meaning of pages, and of the port. Completes with the QEMU process. */
  readonly events$: Observable<GuestEvent>;
  /** Idempotent; pages that were taken stay as they are until they are closed. */
  close(): void;
}

/** `reset`: the guest reboots; `moved`: it was migrated away, its pages are elsewhere; `port`: the guest has opened or closed it. */
export type GuestEvent =
  | { readonly type: 'reset' | 'moved' }
  | { readonly type: 'port'; readonly device: string; readonly open: boolean };

/** Some pages of the guest. */
export interface GuestPages {
  /** The dma-buf, owned by these pages; undefined where they can only be mapped here. */
  readonly fd: number | undefined;
  /** Who else in the system still holds the dma-buf; always false for a mapping. */
  readonly heldElsewhere: boolean;
  /** Maps them as one piece, to read; the caller closes the mapping. Throws ERR_CLOSED, ERR_SYSTEM. */
  map(): NativeMapping;
  /** Idempotent. */
  close(): void;
}
