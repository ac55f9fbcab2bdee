/** The seat: keyboards, pointers and fingers, told to clients. */
export { Seat } from './seat.js';
export type { SeatOptions } from './seat.js';
export type { Hit, PopupGrabs, Scene, SeatHost } from './host.js';
