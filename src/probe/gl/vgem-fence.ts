/** A fence of vgem on a frame's memory: it stands in where the GPU's own driver puts none there. */
import { discover, DrmNode } from '../../device/index.js';
import { attachVgemFence, closeGemHandle, primeFdToHandle, signalVgemFence, type DmabufFd } from '../../ffi/index.js';

/** vgem's node for `attach`, where that is the GPU with this node; undefined for any other GPU. */
export function vgemNodeOf(render: string): string | undefined {
  const device = discover().find((one) => one.primary === render || one.render === render);
  return device?.driver === 'vgem' ? device.render : undefined;
}

/** A writer's fence on the dma-buf, which signals after so many ms. Owns vgem's open file until `close`. */
export class VgemHold {
  readonly #node: DrmNode;
  readonly #timer: NodeJS.Timeout;

  /** `dmabuf` stays the caller's. */
  constructor(path: string, dmabuf: number, ms: number) {
    const node = DrmNode.open(path);
    this.#node = node;
    try {
      const fence = attach(node.fd, dmabuf);
      this.#timer = setTimeout(() => {
        signalVgemFence(node.fd, fence);
      }, ms);
    } catch (error) {
      node.close();
      throw error;
    }
  }

  /** The kernel signals what is pending yet. Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
    this.#node.close();
  }
}

function attach(fd: number, dmabuf: number): number {
  const handle = primeFdToHandle(fd, dmabuf as DmabufFd);
  try {
    return attachVgemFence(fd, handle, { write: true });
  } finally {
    closeGemHandle(fd, handle);
  }
}
