/** A client's picture in a dma-buf. */
import { GuestheadError } from '../../errors.js';
import { formats, type DmabufDescription } from '../../buffer/index.js';
import type { Resource } from '../../wayland/index.js';
import { Content } from '../content.js';
import { countHeld } from './held.js';
import type { DmabufMemory } from './memory.js';

/** Its own, and its mapping's. */
const descriptors = 2;

/** Owns the memory. */
export class ClientDmabuf extends Content {
  override readonly isDmabuf = true;

  constructor(
    resource: Resource<'wl_buffer'>,
    private readonly memory: DmabufMemory,
    override readonly isUpsideDown: boolean,
  ) {
    super(resource);
    countHeld(resource.client, descriptors);
  }

  get width(): number {
    return this.memory.dmabuf.width;
  }

  get height(): number {
    return this.memory.dmabuf.height;
  }

  get opaque(): boolean {
    return this.memory.dmabuf.format === formats.XRGB8888;
  }

  override whenDrawn(tell: () => void): (() => void) | undefined {
    return this.memory.whenDrawn(tell);
  }

  paint(target: Uint32Array, numbers: Float64Array): boolean {
    return this.memory.paint(target, numbers);
  }

  lendDmabuf<T>(use: (dmabuf: DmabufDescription) => T): T {
    if (!this.resource.alive) throw new GuestheadError('ERR_CLOSED', 'Its client has destroyed the buffer');
    return use(this.memory.dmabuf);
  }

  protected override ended(): void {
    this.memory.close();
    countHeld(this.resource.client, -descriptors);
  }
}
