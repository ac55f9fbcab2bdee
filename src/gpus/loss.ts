/**
 * How a device is lost, in this order, whoever notices it first:
 *
 *     an errno, a uevent ──► verified: an ioctl answers ENODEV ──no──► a passing refusal
 *                                    │ yes
 *        the heads are told ──► DRM master is dropped ──► all is closed, or parked ──► looked for, where asked
 *
 * Nothing here throws: what a device that is gone refuses to close, it has taken along.
 */
import { closeQuietly, quietly, type Closable } from '../owner.js';
import type { DisplayGpu } from './open-gpus.js';
import type { GpuRole } from './pair-change.js';
import type { RenderGpu } from './render-gpu.js';

/**
 * The driver whose last close of an open file waits for ever, uninterruptibly, where framebuffers of
 * imported memory are left and the device is unbound: virtgpu_dma_buf_free_obj() waits for a fence of
 * a command that the unplugged device never gets (virtio_gpu_detach_object_fenced). Seen on Linux
 * 7.2.12 and 7.3.4; not with the driver's own buffers.
 */
const hangsInLastClose = 'virtio_gpu';

/** The display is gone: closes what came with it, children first, but does not let its open file go where the kernel would hang on that. */
export function abandonDisplay({ node, handles, owner }: DisplayGpu, clientBuffers: Closable): void {
  quietly(() => {
    node.giveUpMaster(); // a file that lives on in another process would keep it
  });
  closeQuietly(clientBuffers);
  if (node.driver === hangsInLastClose && handles.hasImported) node.park();
  closeQuietly(owner);
}

export function abandonRender({ owner }: RenderGpu): void {
  closeQuietly(owner);
}

/** For a device that answers still though a uevent said that it went: ms from one look to the next. */
const looks: readonly number[] = [50, 200, 1000];

/** Looks again, a few times, at a device that was said to be gone. */
export class Suspicions implements Closable {
  readonly #timers = new Map<GpuRole, NodeJS.Timeout>();

  /** `lose` answers whether the device is gone. */
  constructor(private readonly lose: (role: GpuRole) => boolean) {}

  raise(role: GpuRole): void {
    this.#look(role, looks);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #look(role: GpuRole, [ms, ...later]: readonly number[]): void {
    clearTimeout(this.#timers.get(role));
    this.#timers.delete(role);
    if (this.lose(role) || ms === undefined) return;
    const look = () => {
      this.#look(role, later);
    };
    this.#timers.set(role, setTimeout(look, ms));
  }
}
