/** The addon's typed interface, as far as GL goes: types alone, which `index.ts` hands on. */

/** What a GL driver is and has; `Gl.info`. */
export interface GlInfo {
  /** What EGL was opened on. */
  readonly platform: 'gbm' | 'device' | 'surfaceless';
  readonly vendor: string;
  readonly renderer: string;
  /** GL_VERSION: `OpenGL ES 3.2 Mesa 22.3.6`. */
  readonly glVersion: string;
  readonly eglVersion: string;
  /** Pixels, of a picture's longer side. */
  readonly maxTextureSize: number;
  /** EGL_ANDROID_native_fence_sync: the end of a drawing is a sync_file. */
  readonly nativeFence: boolean;
  /** EGL_EXT_image_dma_buf_import, and the same with modifiers. */
  readonly dmabufImport: boolean;
  readonly dmabufModifiers: boolean;
  /** GL_OES_EGL_image_external: YUV can be drawn from. */
  readonly externalTextures: boolean;
  /** The driver tells of a lost context. */
  readonly robust: boolean;
  /** It draws on the CPU: Mesa's llvmpipe or softpipe. */
  readonly software: boolean;
  /** It draws into and from dma-bufs of its own node only, as Mesa's software renderers do; others are refused. */
  readonly ownMemoryOnly: boolean;
  /** What dma-bufs it takes, as eglQueryDmaBufFormatsEXT tells; empty where it cannot be asked. */
  readonly formats: readonly GlFormat[];
}

/** Of pictures in memory. */
export type GlPixels = 'ARGB8888' | 'ABGR8888';

export interface GlFormat {
  readonly fourcc: number;
  /** `externalOnly`: to draw from, not into. */
  readonly modifiers: readonly { readonly modifier: bigint; readonly externalOnly: boolean }[];
}

/** Why a job failed: a code of `GuestheadError`, the call, and what the driver says. */
export interface GlFailure {
  readonly code: string;
  readonly operation: string;
  readonly message: string;
}

/**
 * A job has ended, the opening as job 0. `fence` is a sync_file that the caller owns, or -1; `value` the `GlInfo` of the
 * opening, the ArrayBuffer of `readPixels`. `renewed`: the context was lost and made anew. Times in milliseconds.
 */
export type GlResultHandler = (
  job: number,
  failure: GlFailure | undefined,
  fence: number,
  value: unknown,
  renewed: boolean,
  queueMs: number,
  waitMs: number,
  drawMs: number,
) => void;

/**
 * One GPU's thread. Each call with a `job`, 1 to 2³²−2, hands it over and returns; the results come in that order.
 * Pictures and effects have numbers from 1 on, which the caller gives. With a job under way it keeps itself and the loop alive.
 */
export interface NativeGl {
  /** 1 to 4 planes, the descriptors duplicated; `colourSpace` and `range` are EGL's numbers or 0. */
  importDmabuf(
    job: number,
    picture: number,
    width: number,
    height: number,
    fourcc: number,
    modifier: bigint,
    fds: Uint32Array,
    offsets: Uint32Array,
    pitches: Uint32Array,
    colourSpace: number,
    range: number,
  ): void;
  /** Memory of 4 bytes a pixel that the thread uploads from; it lives until picture and ArrayBuffer are gone. */
  createPixels(job: number, picture: number, width: number, height: number, isBgra: boolean): ArrayBuffer;
  createOffscreen(job: number, picture: number, width: number, height: number): void;
  /** `sizes`: numbers in each uniform, 1 to 4. */
  compile(job: number, effect: number, source: string, names: readonly string[], sizes: Uint32Array): void;
  /** The first `count` numbers of a description as src/gl/packing.ts writes it, copied. */
  compose(job: number, description: Float64Array, count: number): void;
  readPixels(job: number, picture: number, x: number, y: number, width: number, height: number): void;
  /** Of a picture or effect, after what was handed over before. */
  remove(number: number): void;
  /** For tests: the context seems lost after the next job, by that job's own fault or not. */
  pretendReset(guilty: boolean): void;
  /** How long the present job has been with the driver, ms; 0 = none is, or it waits for a fence. */
  busyMs(): number;
  /** Drops what has not begun, and waits for nothing: no result is told from now on. Idempotent. */
  close(): void;
}
