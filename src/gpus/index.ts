export { connectorsOf } from './connectors.js';
export type { ConnectorInfo } from './connectors.js';
export { sharedFormats } from './formats.js';
export { GpuPair } from './gpu-pair.js';
export type { DisplayGpu, OpenGpus, RenderGpu } from './open-gpus.js';
export type { GpuOptions } from './options.js';
export type { GpuRole, PairChange } from './pair-change.js';
