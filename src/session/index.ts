/** SESSION: the seat that a daemon gives to this process, and the devices that it opens there. */
export { backendsHere } from './backends.js';
export type { Backend, SeatRoots } from './backends.js';
export { daemonBack } from './failures.js';
export { findSession } from './find-session.js';
export type { FoundSession } from './find-session.js';
export { Session } from './session.js';
export type { SeatDevice, SessionChange } from './session.js';
export { sessionKernel } from './session-kernel.js';
