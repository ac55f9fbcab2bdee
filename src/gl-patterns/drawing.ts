/** One head's frames, drawn by the render GPU: work first, the content over it, and the bar codes last. */
import { performance } from 'node:perf_hooks';
import type { Fence, Rectangle, RenderMemory } from '../buffer/index.js';
import type { Drawn, Gl, GlJob, Layer, Surface } from '../gl/index.js';
import type { DrawnFrame, Frame } from '../loop/index.js';
import type { FenceName } from './choices.js';
import { codeLayers, codeRows } from './codes.js';
import { createGlPattern } from './create.js';
import { Fences, resolveFence, type FenceNative } from './fences.js';
import { Load } from './load.js';
import type { Captions, GlPattern, GlPatternName, Size } from './pattern.js';

export interface GlDrawingOptions {
  readonly pattern: GlPatternName;
  /** What the GPU works on each frame beside its content, ms; 0 = nothing. */
  readonly loadMs: number;
  readonly fence: FenceName;
  readonly size: Size;
  /** Free to be drawn into before the first frame: a driver compiles for the format that it meets. Without one, a picture is. */
  readonly target: Surface | undefined;
  readonly captions: () => Captions;
  /** Whether what is drawn is copied to the display by the CPU. */
  readonly copies: () => boolean;
  readonly native: FenceNative;
  readonly watch: GlWatch;
  /** Told of each frame's drawing, called at `calledAt` of `performance.now()`; the fence is borrowed for the call. */
  readonly onDrawn?: ((drawing: Drawn, calledAt: number) => void) | undefined;
}

/** Who measures; milliseconds. */
export interface GlWatch {
  /** So long a call of GL, or the callback of its result, held the JavaScript thread. */
  held(ms: number): void;
  /** A frame's jobs waited so long for the GPU's thread, and were so long with the driver. */
  drawn(queueMs: number, drawMs: number): void;
  /** The GPU is done with a frame: so long after it was handed over, of which it worked on this one alone so long. */
  rendered(fenceMs: number, gpuMs: number): void;
  /** With `implicit`: whether a frame's dma-buf had a fence when it was handed over. */
  implicit(arrived: boolean): void;
}

/** Frames without a fence that the GPU may still be drawing: as many as a head has buffers. */
const mostUnwaited = 4;
/** After so many of them V8 has compiled what a frame runs, as far as it does in the first minute. */
const rehearsals = 32;

/** Made with `open`. Its GPU objects go with `close`. */
export class GlDrawing {
  /** By `performance.now()`: the calls of the frame under way, and when the one before was rendered. */
  #from = Infinity;
  #to = Infinity;
  #renderedAt = 0;
  #queueMs = 0;
  #drawMs = 0;
  #firstAt: number | undefined;
  #unwaited = 0;
  readonly #jobs;
  /** The number of the frame that was drawn last into each buffer. */
  readonly #held = new WeakMap<RenderMemory, number>();

  private constructor(
    readonly gl: Gl,
    private readonly options: GlDrawingOptions,
    private readonly fences: Fences,
    private readonly pattern: GlPattern,
    private readonly load: Load | undefined,
  ) {
    this.#jobs = gl.jobs$.subscribe((job) => this.#ended(job));
  }

  /**
   * With everything compiled and the load measured, so that no frame waits for a compiler. Throws ERR_UNSUPPORTED for a
   * fence that the driver lacks, and what GL rejects with; nothing is left on the GPU then.
   */
  static async open(gl: Gl, options: GlDrawingOptions): Promise<GlDrawing> {
    const fences = new Fences(resolveFence(gl, options.fence), options.native);
    const made: { close(): void }[] = [];
    try {
      const load = options.loadMs > 0 ? await Load.create(gl, options.loadMs) : undefined;
      if (load !== undefined) made.push(load);
      const pattern = await createGlPattern(gl, options.pattern, options.captions);
      made.push(pattern);
      const drawing = new GlDrawing(gl, options, fences, pattern, load);
      made.push(drawing);
      await drawing.#onPicture(options.size, options.target, (target) => drawing.#warmUp(target));
      return drawing;
    } catch (error) {
      for (const each of made) each.close();
      throw error;
    }
  }

  /** The kind that frames are handed over with. */
  get fence(): Exclude<FenceName, 'auto'> {
    return this.fences.kind;
  }

  /** What the load takes, as measured; undefined without one. */
  get loadMs(): number | undefined {
    return this.load?.ms;
  }

  /** Rejects as `Gl.compose` does. */
  async draw(frame: Frame): Promise<DrawnFrame> {
    const { load } = this;
    if (load?.isFor(frame) === false)
      await this.#onPicture(frame, undefined, (picture) => load.calibrate(picture, frame));
    await this.#keepPace(frame);
    this.fences.begin(frame);
    const drawn = await this.#compose(frame);
    this.options.watch.drawn(this.#queueMs, this.#drawMs);
    this.options.onDrawn?.(drawn, this.#from);
    const { fence, arrived } = this.fences.of(frame, drawn, this.options.copies());
    if (arrived !== undefined) this.options.watch.implicit(arrived);
    this.#watchEnd(drawn, this.#from);
    return { fence };
  }

  /**
   * Frames without a fence are handed over faster than they are drawn, and the driver's queue grows until it takes no more
   * for seconds. So what has been handed over is waited for now and then; most frames are unfinished all the same.
   */
  async #keepPace(frame: Frame): Promise<void> {
    if (this.fence !== 'none' || ++this.#unwaited < mostUnwaited) return;
    this.#unwaited = 0;
    await this.gl.compose(frame, { layers: [], damage: [], fence: 'finish' });
  }

  /** Idempotent. */
  close(): void {
    this.#jobs.unsubscribe();
    this.fences.close();
    this.pattern.close();
    this.load?.close();
  }

  /** The work is a drawing of its own: under an opaque content it would be left out. */
  async #compose(frame: Frame): Promise<Drawn> {
    const { gl, load, fences } = this;
    const layers = this.#layers(frame, frame.number);
    const damage = load === undefined ? this.#damageOf(frame) : undefined; // work covers all of it
    this.#held.delete(frame.memory); // nobody knows what a drawing that fails leaves
    [this.#queueMs, this.#drawMs] = [0, 0];
    this.#from = performance.now();
    const work = load && gl.compose(frame, { ...load.scene(frame), fence: 'implicit' });
    const content = gl.compose(frame, { layers, damage, fence: fences.wish });
    this.#to = performance.now();
    const drawn = await drawnWith(content, work);
    this.#held.set(frame.memory, frame.number);
    return drawn;
  }

  /** What has to be drawn where the buffer still holds an earlier frame of this drawing; undefined: all. */
  #damageOf(frame: Frame): readonly Rectangle[] | undefined {
    const previous = frame.number - frame.age;
    if (frame.age === 0 || this.#held.get(frame.memory) !== previous) return undefined;
    const changes = this.pattern.changes?.(frame, previous, frame.number);
    const damage = changes && [...changes, ...(this.pattern.coded ? codeRows(frame) : [])];
    for (const { x, y, width, height } of damage ?? []) frame.damaged(x, y, width, height);
    return damage;
  }

  #layers(size: Size, number: number): readonly Layer[] {
    const now = performance.now();
    this.#firstAt ??= now;
    const content = this.pattern.layers(size, number, (now - this.#firstAt) / 1000);
    return this.pattern.coded ? [...content, ...codeLayers(size, number)] : content;
  }

  /** Other heads' jobs were handed over at other times. */
  #ended({ calledAtMs: calledAt, callMs, resultMs, queueMs, drawMs }: GlJob): void {
    if (calledAt < this.#from || calledAt > this.#to) return;
    this.#queueMs += queueMs;
    this.#drawMs += drawMs;
    this.options.watch.held(callMs);
    this.options.watch.held(resultMs);
  }

  /** A fence that is pending is waited for on the loop; the head takes it over with who waits for it. */
  #watchEnd({ fence, fenceKind }: Drawn, handedAt: number): void {
    if (fenceKind === 'implicit') return;
    if (fence === undefined || fence.isSignalled) this.#rendered(handedAt);
    else void this.#whenSignalled(fence, handedAt);
  }

  async #whenSignalled(fence: Fence, handedAt: number): Promise<void> {
    await fence.signalled.then(
      () => this.#rendered(handedAt),
      () => undefined, // closed unshown
    );
  }

  #rendered(handedAt: number): void {
    const now = performance.now();
    this.options.watch.rendered(now - handedAt, now - Math.max(handedAt, this.#renderedAt));
    this.#renderedAt = now;
  }

  /** The first drawing compiles: seconds where the processor is emulated, which no frame has. */
  async #warmUp(target: Surface): Promise<void> {
    const { size } = this.options;
    await this.gl.compose(target, { layers: this.#layers(size, 0), fence: 'finish' });
    await this.load?.calibrate(target, size);
    for (let frame = 0; frame < rehearsals; frame++) await this.#rehearse(target, size, frame);
    this.#firstAt = undefined;
  }

  /** A frame of which nothing is drawn: V8 compiles what has run some times, which otherwise the first frames wait for. */
  async #rehearse(target: Surface, size: Size, frame: number): Promise<void> {
    const nothing = { damage: [], fence: 'finish' } as const;
    const work = this.load && this.gl.compose(target, { ...this.load.scene(size), ...nothing });
    await Promise.all([work, this.gl.compose(target, { layers: this.#layers(size, frame), ...nothing })]);
  }

  /** `given`, or a picture of that size for as long as `act` takes. */
  async #onPicture({ width, height }: Size, given: Surface | undefined, act: (target: Surface) => Promise<void>) {
    if (given !== undefined) return act(given);
    const made = await this.gl.createOffscreen(width, height);
    try {
      await act(made);
    } finally {
      made.close();
    }
  }
}

/** A frame whose work failed is not handed over: nobody would close the fence of its content. */
export async function drawnWith(content: Promise<Drawn>, work: Promise<Drawn> | undefined): Promise<Drawn> {
  const [drawn, worked] = await Promise.allSettled([content, work]);
  if (drawn.status === 'rejected') throw drawn.reason;
  if (worked.status === 'fulfilled') return drawn.value;
  drawn.value.fence?.close();
  throw worked.reason;
}
