export { checkLayout, maxPixels, minPixels } from './check.js';
export type { PictureLayout } from './check.js';
export { climbDown, pathNames } from './ladder.js';
export type { PathName, Refusal } from './ladder.js';
export type { PathDevices, Size } from './path.js';
export type { ScanoutBuffer } from './scanout-buffer.js';
export { maxBuffers, minBuffers, Swapchain } from './swapchain.js';
export type { Slot, SlotState, StateCounts } from './swapchain.js';
