export { propertyId } from './atomic.js';
export { Cursor } from './cursor.js';
export { cursorSize } from './cursor-image.js';
export { chooseMode, formatMode, modeAgain, parseMode } from './mode.js';
export type { ModeRequest } from './mode.js';
export { Modeset } from './modeset.js';
export { choosePipe, listConnectors, pipeAt } from './pipe.js';
export type { Pipe } from './pipe.js';
