/** The render GPU as something that draws. Its thread does the work: no call here waits for a driver, a compiler or a GPU. */
import type { Observable } from 'rxjs';
import { Fence, type RenderMemory } from '../buffer/index.js';
import { coded, GuestheadError } from '../errors.js';
import type { GlInfo, GlPixels, NativeGl } from '../native.js';
import { describeDmabuf, type GlDmabuf } from './dmabuf.js';
import { Effect, type UniformSizes } from './effect.js';
import type { GlGpu, GlOptions } from './gpu.js';
import { Jobs, type GlJob } from './jobs.js';
import { Packer } from './packing.js';
import { GlPicture, MemoryPicture } from './picture.js';
import type { Scene, Surface } from './scene.js';

export type FenceKind = 'native' | 'finish' | 'implicit';

/** A drawing that has been handed to the GPU: what a `draw` may return as it is. */
export interface Drawn {
  /** Signals when the GPU has drawn. None: it has, or the driver's own fence on the buffer tells (`implicit`). Its owner is who called. */
  readonly fence: Fence | undefined;
  readonly fenceKind: FenceKind;
}

/** Made by `Gpus.openGl`. After `close`, or once the GPU is lost, everything but `close` throws or rejects. */
export class Gl {
  readonly #jobs: Jobs;
  readonly #packer = new Packer((surface) => this.#numberOf(surface));
  readonly #targets = new WeakMap<RenderMemory, number>();
  #pictures = 0;
  #info: GlInfo | undefined;

  private constructor(
    private readonly gpu: GlGpu,
    options: GlOptions,
  ) {
    this.#jobs = new Jobs(gpu, options);
  }

  /**
   * Throws ERR_LIBRARY_MISSING or ERR_UNSUPPORTED with advice; nothing stays open then. `own` gets it before it is open: a GBM
   * device that goes meanwhile has to close it first.
   */
  static async open(gpu: GlGpu, options: GlOptions = {}, own: (gl: Gl) => void = () => undefined): Promise<Gl> {
    const gl = started(() => new Gl(gpu, options));
    try {
      own(gl);
      gl.#info = (await gl.#jobs.opened) as GlInfo;
      return gl;
    } catch (error) {
      gl.close();
      throw error;
    }
  }

  /** The driver, and what it has. */
  get info(): GlInfo {
    if (this.#info === undefined) throw new GuestheadError('ERR_CLOSED', 'GL is not open yet');
    return this.#info;
  }

  /** What the drawing of a frame ends with where nothing else is asked for. */
  get fenceKind(): FenceKind {
    return this.info.nativeFence ? 'native' : 'finish';
  }

  /** Every job that has ended, with where its time went. Completes with `close`. */
  get jobs$(): Observable<GlJob> {
    return this.#jobs.ended$;
  }

  /** Whether the context was lost and made anew, and how often. */
  get renewals(): number {
    return this.#jobs.renewals;
  }

  /**
   * Draws the scene, in its turn after all that was asked for before. A `draw` may return the promise.
   * Rejects with ERR_GL, ERR_ALLOCATION, ERR_IMPORT_REFUSED (a target that the GPU does not take), ERR_DEVICE_LOST,
   * ERR_GL_TIMEOUT; throws ERR_USAGE and ERR_CLOSED at once.
   */
  compose(target: Surface, scene: Scene): Promise<Drawn> {
    const calledAt = performance.now();
    const { fence = 'auto' } = scene;
    if (fence === 'native' && !this.info.nativeFence)
      throw new GuestheadError('ERR_UNSUPPORTED', 'The driver has no EGL_ANDROID_native_fence_sync', {
        device: this.gpu.device,
        advice: 'take `finish`, or a newer Mesa (25 for llvmpipe)',
      });
    this.#packer.pack(target, scene);
    const { numbers, count } = this.#packer;
    const kind = fence === 'auto' ? this.fenceKind : fence;
    return this.#jobs.add(
      'compose',
      calledAt,
      (native, job) => {
        native.compose(job, numbers, count);
      },
      (_value, fd) => ({ fence: fd < 0 ? undefined : Fence.made(fd, this.gpu.native), fenceKind: kind }),
    );
  }

  /** Rows of RGBA, four bytes a pixel, the uppermost first, once all that was asked for before is drawn. Throws as `compose` does. */
  async readPixels(target: Surface, x: number, y: number, width: number, height: number): Promise<Uint8Array> {
    const number = this.#numberOf(target);
    return this.#jobs.add(
      'readPixels',
      performance.now(),
      (native, job) => {
        native.readPixels(job, number, x, y, width, height);
      },
      (value) => new Uint8Array(value as ArrayBuffer),
    );
  }

  /** A dma-buf to draw from, or into. Rejects with ERR_IMPORT_REFUSED or ERR_UNSUPPORTED; throws ERR_USAGE. */
  async importDmabuf(dmabuf: GlDmabuf): Promise<GlPicture> {
    const id = ++this.#pictures;
    await this.#import(id, dmabuf);
    return new GlPicture(id, dmabuf.width, dmabuf.height, this.#remove);
  }

  /** A picture in memory, ARGB8888 (`opaque` as alpha makes it XRGB8888) or ABGR8888. Rejects with ERR_UNSUPPORTED or ERR_ALLOCATION. */
  async createPicture(width: number, height: number, format: GlPixels = 'ARGB8888'): Promise<MemoryPicture> {
    const id = ++this.#pictures;
    let buffer = new ArrayBuffer(0);
    await this.#jobs.add('createPicture', performance.now(), (native, job) => {
      buffer = native.createPixels(job, id, width, height, format === 'ARGB8888');
    });
    return new MemoryPicture(id, width, height, new Uint32Array(buffer), this.#remove);
  }

  /** A picture of the GPU's own, RGBA8888: to draw into, and then from. */
  async createOffscreen(width: number, height: number): Promise<GlPicture> {
    const id = ++this.#pictures;
    await this.#jobs.add('createOffscreen', performance.now(), (native, job) => {
      native.createOffscreen(job, id, width, height);
    });
    return new GlPicture(id, width, height, this.#remove);
  }

  /**
   * Compiles a fragment shader with `void mainImage(out vec4 colour, in vec2 position)`, GLSL ES 3.00 (1.00 where the driver
   * has no more), position in pixels from the lower left. It may use iResolution, iTime, iFrame, iMouse and iChannel0 to
   * iChannel3, and declares what `uniforms` names. Rejects with ERR_SHADER, the compiler's words with the source's own lines.
   */
  async createEffect(source: string, uniforms: UniformSizes = {}): Promise<Effect> {
    const id = ++this.#pictures;
    const names = Object.keys(uniforms);
    const sizes = new Uint32Array(Object.values(uniforms));
    await this.#jobs.add('createEffect', performance.now(), (native, job) => {
      native.compile(job, id, source, names, sizes);
    });
    return new Effect(id, uniforms, this.#remove);
  }

  /** For tests: the driver seems to have lost the context at the next job. */
  pretendReset(guilty = false): void {
    this.#jobs.native.pretendReset(guilty);
  }

  get closed(): boolean {
    return this.#jobs.closed;
  }

  /** Rejects what is under way with ERR_CLOSED. Idempotent. */
  close(): void {
    this.#jobs.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #remove = (id: number): void => {
    if (!this.closed) this.#jobs.native.remove(id);
  };

  #numberOf(target: Surface): number {
    if (target instanceof GlPicture) return target.number;
    const { memory } = target;
    const known = this.#targets.get(memory);
    if (known !== undefined) return known;
    const id = ++this.#pictures;
    this.#targets.set(memory, id);
    this.#import(id, memory).catch(() => {
      this.#targets.delete(memory); // whoever draws into it hears of it
    });
    memory.onClose(() => {
      this.#remove(id);
    });
    return id;
  }

  async #import(id: number, dmabuf: GlDmabuf): Promise<void> {
    const { width, height, format, modifier, fds, offsets, strides, colourSpace, range } = describeDmabuf(dmabuf);
    await this.#jobs.add('importDmabuf', performance.now(), (native: NativeGl, job) => {
      native.importDmabuf(job, id, width, height, format, modifier, fds, offsets, strides, colourSpace, range);
    });
  }
}

function started(start: () => Gl): Gl {
  try {
    return start();
  } catch (error) {
    throw coded(error);
  }
}
