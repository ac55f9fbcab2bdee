/** KIOSK: a Wayland compositor for one head. */
export { Kiosk } from './kiosk.js';
export type { KioskOptions } from './kiosk.js';
export type { Idle, IdleOptions } from './idle.js';
export type { Backdrop } from './backdrop.js';
export type { ScreenCounts } from './screen-counts.js';
export type { Toplevel } from './shell/toplevel.js';
export { fillWithNewest } from './layout.js';
export type { HeadRoom, KioskWindow, Layout, Place } from './layout.js';
export type { Windows } from './windows.js';
export { openSocket, runtimeFolder } from './socket.js';
export type { RuntimeFolder } from './socket.js';
export { ClientLife } from './client-life.js';
export type { LifeOptions } from './client-life.js';
export type { RestartPolicy } from './declared.js';
export { assertProgram, launch } from './launch.js';
export type { Ended } from './launch.js';
export type { CursorMode } from './seat/index.js';
export type { Client } from '../wayland/index.js';
