/** QEMU's machine protocol, and the sockets on which QEMU listens: the folder's only door. */
export { Qmp } from './qmp.js';
export type { QmpEvent } from './qmp.js';
export { displayAdvice } from './display-advice.js';
export { openQmp } from './open.js';
export { connectWhenUp, readLines } from './sockets.js';
