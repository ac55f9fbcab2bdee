/** What `compose` draws, as its caller says it. */
import type { Fence, Rectangle, RenderMemory } from '../buffer/index.js';
import type { Effect, UniformValues } from './effect.js';
import type { GlPicture } from './picture.js';

/** As of wl_output and wl_surface.set_buffer_transform: how the picture's content was turned, which the drawing undoes. */
export const transforms = [
  'normal',
  '90',
  '180',
  '270',
  'flipped',
  'flipped-90',
  'flipped-180',
  'flipped-270',
] as const;
export type Transform = (typeof transforms)[number];

export const filters = ['nearest', 'linear'] as const;
export type Filter = (typeof filters)[number];

/** What the picture's alpha means. `opaque`: nothing, as in XRGB8888. */
export const alphaModes = ['premultiplied', 'straight', 'opaque'] as const;
export type AlphaMode = (typeof alphaModes)[number];

/** Red, green, blue, alpha, each from 0 to 1; premultiplied. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Pixels, which may be fractions; 1/256 is what a compositor's rectangles are told in. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn into, or from: a frame of a head, a client's buffer, or a picture. */
export type Surface = { readonly memory: RenderMemory } | GlPicture;

interface Opacity {
  /** 0 to 1; default 1. */
  readonly opacity?: number | undefined;
}

interface Placed extends Opacity {
  /** Where in the target. */
  readonly to: Box;
}

export interface ColourLayer extends Opacity {
  readonly colour: Colour;
  /** Where in the target; several, at most 4096, are drawn as so many layers in their order, and cost the caller less. */
  readonly to: Box | readonly Box[];
}

export interface PictureLayer extends Placed {
  readonly picture: Surface;
  /** The part of the picture, before the transform; default: all of it. Outside of the picture its edge goes on. */
  readonly from?: Box | undefined;
  /** Default `normal`. */
  readonly transform?: Transform | undefined;
  /** Default `linear`. */
  readonly filter?: Filter | undefined;
  /** Default `premultiplied`. */
  readonly alpha?: AlphaMode | undefined;
  /** Signals when the picture may be read; the GPU waits for it. Borrowed: it stays the caller's. */
  readonly acquire?: Fence | undefined;
}

export interface EffectLayer extends Placed {
  readonly effect: Effect;
  /** Seconds; `iTime`. Default 0. */
  readonly timeSeconds?: number | undefined;
  /** `iFrame`: a whole number, 0 to 2³¹−1. Default 0. */
  readonly frame?: number | undefined;
  /** `iMouse`. */
  readonly mouse?: readonly [x: number, y: number, clickX: number, clickY: number] | undefined;
  /** `iChannel0` to `iChannel3`, filtered; the first row of each is at 0. Black where there is none. Not of YUV. */
  readonly pictures?: readonly (Surface | undefined)[] | undefined;
  /** Those that the effect was made with. */
  readonly uniforms?: UniformValues | undefined;
  /** Default `opaque`. */
  readonly alpha?: AlphaMode | undefined;
}

export type Layer = ColourLayer | PictureLayer | EffectLayer;

/**
 * How the end of the drawing is told: `native` is a sync_file by EGL_ANDROID_native_fence_sync, `finish` has the GPU's
 * thread wait, `implicit` leaves it to the driver's own fence on the dma-buf. `auto`: `native`, where the driver has it, else `finish`.
 */
export const fenceWishes = ['auto', 'native', 'finish', 'implicit'] as const;
export type FenceWish = (typeof fenceWishes)[number];

export interface Scene {
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** Where no layer is; default black. */
  readonly background?: Colour | undefined;
  /** Whole pixels of the target that are drawn, at most 16 rectangles; default all. More are drawn as one around them. */
  readonly damage?: readonly Rectangle[] | undefined;
  /** Default `auto`. */
  readonly fence?: FenceWish | undefined;
}
