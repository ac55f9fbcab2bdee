/** A client's picture in shared memory: read, and given back. */
import type { AnyResource, Resource, WaylandServer } from '../wayland/index.js';
import type { Box } from './region.js';

/** Where a copy goes: rows of four bytes a pixel. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly strideBytes: number;
}

/** One wl_buffer of wl_shm. A surface that shows it uses it; with the last use it is the client's again. */
export class ShmBuffer {
  #uses = 0;

  private constructor(
    private readonly server: WaylandServer,
    private readonly resource: Resource<'wl_buffer'>,
    /** Pixels. */
    readonly width: number,
    readonly height: number,
  ) {}

  /** Undefined for a buffer of another kind, or one that has gone. */
  static of(server: WaylandServer, resource: AnyResource): ShmBuffer | undefined {
    const info = server.native.shmInfo(resource.handle);
    if (info === null) return undefined;
    const [width, height] = info;
    return new ShmBuffer(server, resource as Resource<'wl_buffer'>, width, height);
  }

  /** The client may not draw into it until it is told that it was released. */
  use(): void {
    this.#uses++;
  }

  /** Ends one use. */
  release(): void {
    if (--this.#uses === 0) this.resource.send.release();
  }

  /**
   * Copies a part of it so that its pixel 0, 0 comes to the target's first one; what lies outside of the picture is left
   * out. False where the client has destroyed it: its pixels are gone.
   */
  read({ bytes, strideBytes }: Target, { x, y, width, height }: Box): boolean {
    return this.server.native.shmRead(this.resource.handle, bytes, strideBytes, x, y, width, height);
  }
}
