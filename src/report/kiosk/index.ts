/** What is told of a kiosk that has run; loaded only where it was asked for. */
export { PictureFigures } from './figures.js';
export type { PictureResult } from './figures.js';
export { GpuFigures, KioskGpuRecording } from './gpu.js';
export type { GpuResult, RecordableGpu } from './gpu.js';
export { KioskRecording } from './recording.js';
export type { RecordedClient, RecordedKiosk, RecordedPicture } from './recording.js';
