/** The seat: keyboards, pointers and fingers, told to clients. */
export { Seat } from './seat.js';
export type { SeatOptions } from './seat.js';
export type { Hit, PopupGrabs, Scene, SeatHost } from './host.js';
export { HeadCursorSink } from './head-cursor-sink.js';
export type { CursorImage, CursorSink } from './cursor-image.js';
export { isCursor } from './cursor-surface.js';
export type { CursorOptions } from './cursor.js';
export type { CursorMode } from './cursor-visibility.js';
