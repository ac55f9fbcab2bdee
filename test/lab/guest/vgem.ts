/**
 * Fences that a script in the guest signals when it likes: vgem's, put on any dma-buf,
 * so that it looks as if rendering (or reading) were not finished.
 */
import { DrmNode, discover } from '../../../src/device/index.js';
import {
  attachVgemFence,
  closeGemHandle,
  primeFdToHandle,
  signalVgemFence,
  type DmabufFd,
} from '../../../src/ffi/index.js';

/** vgem lets it signal by itself after 10 s. */
export class VgemFence {
  #pending = true;

  constructor(
    private readonly node: DrmNode,
    private readonly id: number,
  ) {}

  get pending(): boolean {
    return this.#pending;
  }

  /** Once only. Throws ETIMEDOUT (the error's `errno`) where it was too late. */
  signal(): void {
    if (!this.#pending) return;
    this.#pending = false;
    signalVgemFence(this.node.fd, this.id);
  }

  /** Signals it where nobody has. Idempotent; too late is no error. */
  close(): void {
    try {
      this.signal();
    } catch {
      // expired, or gone with its node
    }
  }
}

/**
 * An open file of vgem of its own: its GEM handles are no other user's, though the
 * buffers may be vgem's own.
 */
export class Vgem {
  private constructor(private readonly node: DrmNode) {}

  static open(): Vgem {
    const device = discover().find(({ driver }) => driver === 'vgem');
    if (device?.render === undefined) throw new Error('there is no vgem here');
    return new Vgem(DrmNode.open(device.render));
  }

  /**
   * A new fence that `dmabufFd`, which stays the caller's, waits for from now on. Throws
   * GuestheadError, with errno EBUSY where a fence that conflicts with it is pending: for
   * a writer's any other, the display's flush included; for a reader's a writer's.
   */
  attach(dmabufFd: number, { write }: { readonly write: boolean }): VgemFence {
    const { node } = this;
    // Imported twice, a dma-buf has one handle, uncounted. It is closed before the next import:
    // the fence needs it no more, being the dma-buf's own.
    const handle = primeFdToHandle(node.fd, dmabufFd as DmabufFd);
    try {
      return new VgemFence(node, attachVgemFence(node.fd, handle, { write }));
    } finally {
      closeGemHandle(node.fd, handle);
    }
  }

  /** Idempotent. The kernel signals what is pending yet. */
  close(): void {
    this.node.close();
  }
}
