/**
 * Fences that a script in the guest signals when it likes: vgem's, put on any dma-buf,
 * so that it looks as if rendering (or reading) were not finished.
 */
import { DrmNode, discover } from '../../../src/device/index.js';
import { closeGemHandle, primeFdToHandle, type DmabufFd } from '../../../src/ffi/index.js';
import { check } from '../../../src/ffi/failures.js';
import { libdrm } from '../../../src/ffi/libdrm-library.js';

/** DRM_IOCTL_VGEM_FENCE_ATTACH and DRM_IOCTL_VGEM_FENCE_SIGNAL, of vgem_drm.h. */
const attachIoctl = 0xc0106441;
const signalIoctl = 0x40086442;
/** VGEM_FENCE_WRITE: a writer's fence, for which readers wait as well. */
const writeFlag = 1;

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
    const request = Buffer.alloc(8); // struct drm_vgem_fence_signal { fence, flags }
    request.writeUInt32LE(this.id, 0);
    const result = libdrm().drmIoctl(this.node.fd, signalIoctl, request);
    const operation = 'DRM_IOCTL_VGEM_FENCE_SIGNAL';
    check(result, { fd: this.node.fd, operation, what: 'Cannot signal a fence of vgem' });
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
      const request = Buffer.alloc(16); // struct drm_vgem_fence_attach { handle, flags, out_fence, pad }
      request.writeUInt32LE(handle, 0);
      request.writeUInt32LE(write ? writeFlag : 0, 4);
      const result = libdrm().drmIoctl(node.fd, attachIoctl, request);
      const operation = 'DRM_IOCTL_VGEM_FENCE_ATTACH';
      check(result, { fd: node.fd, operation, what: 'Cannot attach a fence of vgem' });
      return new VgemFence(node, request.readUInt32LE(8));
    } finally {
      closeGemHandle(node.fd, handle);
    }
  }

  /** Idempotent. The kernel signals what is pending yet. */
  close(): void {
    this.node.close();
  }
}
