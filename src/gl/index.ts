export { Gl } from './gl.js';
export type { Drawn, FenceKind } from './gl.js';
export type { GlGpu, GlOptions } from './gpu.js';
export type { GlDmabuf, GlPlane } from './dmabuf.js';
export { DamageHistory } from './damage-history.js';
export type { AgedFrame } from './damage-history.js';
export { Effect } from './effect.js';
export type { UniformSizes, UniformValues } from './effect.js';
export { ownMemoryAdvice } from './failure.js';
export type { JobName } from './failure.js';
export type { GlJob } from './jobs.js';
export { GlPicture, MemoryPicture } from './picture.js';
export { transforms } from './scene.js';
export type {
  AlphaMode,
  Box,
  Colour,
  ColourLayer,
  EffectLayer,
  FenceWish,
  Filter,
  Layer,
  PictureLayer,
  Scene,
  Surface,
  Transform,
} from './scene.js';
