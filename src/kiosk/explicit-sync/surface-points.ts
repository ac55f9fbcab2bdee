/** wp_linux_drm_syncobj_surface_v1: the points of the buffer that is committed next. */
import { enums, ProtocolError, type Resource } from '../../wayland/index.js';
import type { BufferSync, Content } from '../content.js';
import type { SurfaceSync } from '../surface.js';
import type { Given } from '../surface-state.js';
import { BufferPoints, type SyncPoint } from './buffer-points.js';

const { error: errors } = enums.wp_linux_drm_syncobj_surface_v1;

export class SurfacePoints implements SurfaceSync {
  #acquire: SyncPoint | undefined;
  #release: SyncPoint | undefined;

  constructor(private readonly resource: Resource<'wp_linux_drm_syncobj_surface_v1'>) {}

  /** Takes the point over, in place of the one before. */
  setAcquire(point: SyncPoint): void {
    this.#acquire?.timeline.release();
    this.#acquire = point;
  }

  /** The same. */
  setRelease(point: SyncPoint): void {
    this.#release?.timeline.release();
    this.#release = point;
  }

  check(attached: Given<Content> | undefined): void {
    const [acquire, release, buffer] = [this.#acquire, this.#release, attached?.value];
    if (buffer === undefined) {
      if (acquire !== undefined || release !== undefined) this.#fail(errors.no_buffer, 'there is no buffer with it');
      return;
    }
    if (!buffer.isDmabuf) this.#fail(errors.unsupported_buffer, 'the buffer is no dma-buf');
    if (acquire === undefined) return this.#fail(errors.no_acquire_point, 'nothing says when the buffer is drawn');
    if (release === undefined) return this.#fail(errors.no_release_point, 'nothing is to say when it is free again');
    if (acquire.timeline === release.timeline && acquire.value >= release.value)
      this.#fail(errors.conflicting_points, 'the buffer would be free before it is drawn');
  }

  take(): BufferSync | undefined {
    const [acquire, release] = [this.#acquire, this.#release];
    if (acquire === undefined || release === undefined) return undefined;
    this.#acquire = undefined;
    this.#release = undefined;
    return new BufferPoints(acquire, release);
  }

  /** What was set and not committed is forgotten. */
  end(): void {
    this.#acquire?.timeline.release();
    this.#release?.timeline.release();
    this.#acquire = undefined;
    this.#release = undefined;
  }

  #fail(code: number, text: string): never {
    throw new ProtocolError(this.resource, code, text);
  }
}
