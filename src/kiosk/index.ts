/** KIOSK: a Wayland compositor for one head. */
export { Kiosk } from './kiosk.js';
export type { KioskOptions } from './kiosk.js';
export type { ScreenCounts } from './screen-counts.js';
export type { Toplevel } from './shell/toplevel.js';
export { fillWithNewest } from './layout.js';
export type { Layout, Place } from './layout.js';
export type { Windows } from './windows.js';
export { openSocket, runtimeFolder } from './socket.js';
export type { RuntimeFolder } from './socket.js';
export { assertProgram, launch } from './launch.js';
export type { Ended } from './launch.js';
export type { CursorMode } from './seat/index.js';
