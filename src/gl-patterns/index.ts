/** The only door of `gl-patterns/`: what the render GPU draws in `guesthead run`, loaded only where it draws. */
export { createGlPattern } from './create.js';
export { GlDrawing } from './drawing.js';
export type { GlDrawingOptions, GlWatch } from './drawing.js';
export { codeLayers, codeRows } from './codes.js';
export type { Captions, GlPattern, GlPatternName } from './pattern.js';
