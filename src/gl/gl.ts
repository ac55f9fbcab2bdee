/** The render GPU as something that draws. Its thread does the work: no call here waits for a driver, a compiler or a GPU. */
import { performance } from 'node:perf_hooks';
import type { Observable } from 'rxjs';
import { Fence } from '../buffer/index.js';
import { assertGiven, isObject } from '../arguments.js';
import { coded, GuestheadError } from '../errors.js';
import type { GlInfo, GlPixels, NativeGl } from '../native/index.js';
import { describeDmabuf, type GlDmabuf } from './dmabuf.js';
import { checkUniforms, Effect, type UniformSizes } from './effect.js';
import type { GlGpu, GlOptions } from './gpu.js';
import type { JobName } from './failure.js';
import { Jobs, type GlJob } from './jobs.js';
import { Memories } from './memories.js';
import { given } from './misuse.js';
import { Packer } from './packing.js';
import { GlPicture, MemoryPicture, type Maker } from './picture.js';
import type { FenceWish, Scene, Surface } from './scene.js';

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
  readonly #maker: Maker = {
    remove: (id) => {
      if (!this.closed) this.#jobs.native.remove(id);
    },
  };
  readonly #packer = new Packer(this.#maker, (surface) => this.#numberOf(surface));
  readonly #memories = new Memories(this.#maker, (memory) => {
    const id = ++this.#pictures;
    return [id, this.#import(id, memory)];
  });
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
   * @internal
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
  get fenceKind(): Exclude<FenceKind, 'implicit'> {
    return this.info.nativeFence ? 'native' : 'finish';
  }

  /** @internal What a drawing ends with that is asked for this. Throws ERR_UNSUPPORTED for `native` where the driver has none. */
  fenceKindFor(wish: FenceWish = 'auto'): FenceKind {
    if (wish === 'native' && !this.info.nativeFence)
      throw new GuestheadError('ERR_UNSUPPORTED', `${this.info.renderer} has no EGL_ANDROID_native_fence_sync`, {
        device: this.gpu.device,
        advice: 'take the fence `finish` or `auto`, or a newer Mesa (25 for llvmpipe)',
      });
    return wish === 'auto' ? this.fenceKind : wish;
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
    return given('The scene', () => {
      const fenceKind = this.fenceKindFor(scene.fence);
      this.#packer.pack(target, scene);
      const { numbers, count } = this.#packer;
      const drawn = this.#jobs.add(
        'compose',
        calledAt,
        (native, job) => native.compose(job, numbers, count),
        (_value, fd) => ({ fence: fd < 0 ? undefined : Fence.made(fd, this.gpu.native), fenceKind }),
      );
      this.#packer.sent();
      return drawn;
    });
  }

  /** Rows of RGBA, four bytes a pixel, the uppermost first, once all that was asked for before is drawn. Rejects as `compose` does, and with ERR_USAGE. */
  async readPixels(target: Surface, x: number, y: number, width: number, height: number): Promise<Uint8Array> {
    const number = this.#numberOf(target);
    return this.#add(
      'readPixels',
      'The rectangle',
      (native, job) => native.readPixels(job, number, x, y, width, height),
      (value) => new Uint8Array(value as ArrayBuffer),
    );
  }

  /** A dma-buf to draw from, or into. Rejects with ERR_IMPORT_REFUSED, ERR_UNSUPPORTED or ERR_USAGE. */
  async importDmabuf(dmabuf: GlDmabuf): Promise<GlPicture> {
    const id = ++this.#pictures;
    try {
      await this.#import(id, dmabuf);
    } catch (error) {
      this.#maker.remove(id); // the thread remembers what was refused
      throw error;
    }
    return new GlPicture(id, dmabuf.width, dmabuf.height, this.#maker);
  }

  /** A picture in memory, ARGB8888 (`opaque` as alpha makes it XRGB8888) or ABGR8888. Rejects with ERR_UNSUPPORTED, ERR_ALLOCATION or ERR_USAGE. */
  async createPicture(width: number, height: number, format: GlPixels = 'ARGB8888'): Promise<MemoryPicture> {
    assertGiven(['ARGB8888', 'ABGR8888'].includes(format), format, 'format of pixels', 'give ARGB8888 or ABGR8888');
    const id = ++this.#pictures;
    let buffer = new ArrayBuffer(0);
    await this.#add('createPicture', 'The size', (native, job) => {
      buffer = native.createPixels(job, id, width, height, format === 'ARGB8888');
    });
    return new MemoryPicture(id, width, height, new Uint32Array(buffer), this.#maker);
  }

  /** A picture of the GPU's own, RGBA8888, transparent: to draw into, and then from. What it holds goes with a lost context. */
  async createOffscreen(width: number, height: number): Promise<GlPicture> {
    const id = ++this.#pictures;
    await this.#add('createOffscreen', 'The size', (native, job) => native.createOffscreen(job, id, width, height));
    return new GlPicture(id, width, height, this.#maker);
  }

  /**
   * Compiles a fragment shader with `void mainImage(out vec4 colour, in vec2 position)`, GLSL ES 3.00 (1.00 where the driver
   * has no more), position in pixels from the lower left. It may use iResolution, iTime, iFrame, iMouse and iChannel0 to
   * iChannel3, and declares what `uniforms` names. Rejects with ERR_SHADER, the compiler's words with the source's own lines,
   * and with ERR_USAGE.
   */
  async createEffect(source: string, uniforms: UniformSizes = {}): Promise<Effect> {
    checkUniforms(uniforms);
    const id = ++this.#pictures;
    const names = Object.keys(uniforms);
    const sizes = new Uint32Array(Object.values(uniforms));
    await this.#add('createEffect', 'The shader', (native, job) => native.compile(job, id, source, names, sizes));
    return new Effect(id, uniforms, this.#maker);
  }

  /** For tests: the driver seems to have lost the context at the next job. @internal */
  pretendReset(guilty = false): void {
    this.#jobs.native.pretendReset(guilty);
  }

  get closed(): boolean {
    return this.#jobs.closed;
  }

  /** @internal Opened, and not closed. */
  get isOpen(): boolean {
    return this.#info !== undefined && !this.closed;
  }

  /** @internal How long ago the driver had a job, or one was handed over, ms; 0 while it has one, its opening included. */
  get idleMs(): number {
    return this.#jobs.idleMs;
  }

  /** Resolves some time after `close`, once the driver has come back and let go of the GPU; never where it hangs. */
  async ended(): Promise<void> {
    await this.#jobs.ended();
  }

  /** Rejects what is under way with ERR_CLOSED, and does not wait for the driver: `ended()` does. Idempotent. */
  close(): void {
    this.#jobs.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #numberOf(surface: Surface): number {
    if (surface instanceof GlPicture) return surface.numberFor(this.#maker);
    const memory = (surface as Partial<typeof surface> | undefined)?.memory;
    assertGiven(isObject(memory), surface, 'picture', 'give a frame, a buffer, or a picture of this Gl');
    return this.#memories.numberOf(memory);
  }

  async #import(id: number, dmabuf: GlDmabuf): Promise<void> {
    const { width, height, format, modifier, fds, offsets, strides, colourSpace, range } = given('The dma-buf', () =>
      describeDmabuf(dmabuf),
    );
    await this.#add('importDmabuf', 'The dma-buf', (native, job) =>
      native.importDmabuf(job, id, width, height, format, modifier, fds, offsets, strides, colourSpace, range),
    );
  }

  /** `argument` is what the caller gave, for ERR_USAGE. */
  #add<T = void>(
    what: JobName,
    argument: string,
    hand: (native: NativeGl, job: number) => void,
    finish?: (value: unknown) => T,
  ): Promise<T> {
    return given(argument, () => this.#jobs.add(what, performance.now(), hand, finish));
  }
}

function started(start: () => Gl): Gl {
  try {
    return start();
  } catch (error) {
    throw coded(error);
  }
}
