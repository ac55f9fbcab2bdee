export { checkLayout, maxPixels, minPixels } from './check.js';
export type { PictureLayout } from './check.js';
export { createImportedBuffer } from './import-path.js';
export type { ImportDevices, Size } from './import-path.js';
export { ScanoutBuffer } from './scanout-buffer.js';
export { maxBuffers, minBuffers, Swapchain } from './swapchain.js';
export type { Slot, SlotState, StateCounts } from './swapchain.js';
