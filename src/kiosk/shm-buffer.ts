/** A client's picture in shared memory. */
import { closeSync } from 'node:fs';
import type { DmabufDescription } from '../buffer/index.js';
import { modifiers } from '../buffer/index.js';
import { enums, ProtocolError, type Resource, type WaylandServer } from '../wayland/index.js';
import { Content } from './content.js';

const { xrgb8888 } = enums.wl_shm.format;

/** One wl_buffer of wl_shm, read while it is drawn from: what is drawn from is used, and not the client's meanwhile. */
export class ShmBuffer extends Content {
  private constructor(
    private readonly server: WaylandServer,
    resource: Resource<'wl_buffer'>,
    readonly width: number,
    readonly height: number,
    private readonly strideBytes: number,
    readonly opaque: boolean,
  ) {
    super(resource); // whose requests are libwayland's
  }

  /** Undefined for a buffer of another kind. */
  static of(server: WaylandServer, resource: Resource<'wl_buffer'>): ShmBuffer | undefined {
    const info = server.native.shmInfo(resource.handle);
    if (info === null) return undefined;
    const [width, height, strideBytes, format] = info;
    // libwayland counts a pixel as a byte there.
    if (strideBytes < width * 4)
      throw new ProtocolError(resource, enums.wl_shm.error.invalid_stride, 'a row is longer than its stride');
    return new ShmBuffer(server, resource, width, height, strideBytes, format === xrgb8888);
  }

  /** False where the client has destroyed it. */
  paint(target: Uint32Array, numbers: Float64Array): boolean {
    return this.server.native.shmPaint(this.resource.handle, target, numbers);
  }

  /** A new one of its pages. */
  lendDmabuf<T>(use: (dmabuf: DmabufDescription) => T): T {
    const { width, height, strideBytes } = this;
    const fd = this.server.native.shmDmabuf(this.resource.handle);
    try {
      return use({ fd, width, height, strideBytes, modifier: modifiers.LINEAR });
    } finally {
      closeSync(fd);
    }
  }
}
