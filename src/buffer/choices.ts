/** What can be asked for of buffers. Imports nothing: options are declared with it before anything is loaded. */

/** From the best to the one that always works. */
export const pathNames = ['import', 'udmabuf', 'export', 'copy'] as const;
export type PathName = (typeof pathNames)[number];

/** Of a swapchain. */
export const minBuffers = 2;
export const maxBuffers = 16;
