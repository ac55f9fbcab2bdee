export { openProducer } from './open-producer.js';
export type { ProducerOptions } from './open-producer.js';
export { Producer } from './producer.js';
export type { AdoptedMemory, LateRelease, ProducerState } from './producer.js';
export { TransferBuffer } from './transfer-buffer.js';
export type { BufferState } from './buffer-states.js';
export type { Ending, Export, ExportOptions } from './export.js';
export type { PictureOptions } from './picture.js';
export { findPort } from './find-port.js';
