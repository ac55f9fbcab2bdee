/** What a frame is handed to the display with, by the kind of fence that was asked for. */
import { Fence } from '../buffer/index.js';
import type { Drawn, Gl } from '../gl/index.js';
import type { Frame } from '../loop/index.js';
import { access, type Native } from '../native/index.js';
import type { FenceName } from './choices.js';

export type FenceNative = Pick<Native, 'exportSyncFile' | 'syncFileInfo' | 'mergeSyncFiles' | 'watchReadable'>;

/** Throws ERR_UNSUPPORTED for `native` where the driver has none. */
export function resolveFence(gl: Pick<Gl, 'fenceKindFor'>, asked: FenceName): Exclude<FenceName, 'auto'> {
  return asked === 'none' ? asked : gl.fenceKindFor(asked);
}

export interface HandedFence {
  /** For the head, which takes it over. */
  readonly fence: Fence | undefined;
  /** `implicit`: whether the driver has put a fence on the dma-buf that has not signalled yet. */
  readonly arrived?: boolean;
}

/** Of one head's frames. */
export class Fences {
  /** For `none`; this one is kept. */
  #signalled: Fence | undefined;

  constructor(
    readonly kind: Exclude<FenceName, 'auto'>,
    private readonly native: FenceNative,
  ) {}

  /** What `compose` is to end with. */
  get wish(): 'native' | 'finish' | 'implicit' {
    return this.kind === 'none' ? 'implicit' : this.kind;
  }

  /** Before a frame is drawn: its buffer is free, so that what fences it has have signalled. */
  begin({ drawnFd }: Frame): void {
    if (this.kind === 'none') this.#signalled ??= this.#on(drawnFd);
  }

  /** `copies`: the CPU copies the frame to the display, and has to know when it may. */
  of({ drawnFd }: Frame, { fence }: Drawn, copies: boolean): HandedFence {
    if (this.kind === 'none') return { fence: this.#already() };
    if (this.kind !== 'implicit') return { fence };
    const implicit = this.#on(drawnFd);
    const arrived = !implicit.isSignalled;
    if (arrived && copies) return { fence: implicit, arrived };
    implicit.close();
    return { fence: undefined, arrived };
  }

  close(): void {
    this.#signalled?.close();
    this.#signalled = undefined;
  }

  /**
   * A fence that has signalled: with an explicit one, the kernel looks at no implicit one of the buffer
   * (drm_gem_plane_helper_prepare_fb), so that nothing at all is waited for.
   */
  #already(): Fence | undefined {
    return this.#signalled === undefined ? undefined : Fence.merge([this.#signalled]);
  }

  /** Of the writers that have put a fence on the buffer. */
  #on(dmabufFd: number): Fence {
    return Fence.made(this.native.exportSyncFile(dmabufFd, access.read), this.native);
  }
}
