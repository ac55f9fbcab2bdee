export { propertyId } from './atomic.js';
export { Cursor } from './cursor.js';
export { chooseMode, formatMode, modeAgain, parseMode } from './mode.js';
export type { ModeRequest } from './mode.js';
export { Screen } from './modeset.js';
export { choosePipeline, listConnectors, pipelineAt } from './pipe.js';
export type { Pipeline } from './pipe.js';
