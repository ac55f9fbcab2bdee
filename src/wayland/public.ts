/**
 * A Wayland server on libwayland, whose protocols are handled in TypeScript; `guesthead/kiosk` is built on it.
 * @module guesthead/wayland
 */
import './protocol/types.js';

export { openWayland } from './open-wayland.js';
export { enums } from './protocol/enums.js';
export { ProtocolError } from './resource.js';
export type { Client, ClientEnd } from './client.js';
export type { AnyResource, Events, InterfaceName, Protocol, Requests, Resource } from './resource.js';
export type { Fault, Global, WaylandOptions, WaylandServer } from './server.js';
