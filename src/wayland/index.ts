/** WAYLAND: a server on libwayland, whose protocols are handled in TypeScript. */
import './protocol/types.js';

export { Client, everyClientEnd } from './client.js';
export type { ClientEnd } from './client.js';
export { eventName, requestCode } from './codes.js';
export { enums } from './protocol/enums.js';
export { ProtocolError, Resource } from './resource.js';
export type { AnyResource, Events, InterfaceName, Protocol, Requests } from './resource.js';
export { WaylandServer } from './server.js';
export type { Fault, Global, WaylandOptions } from './server.js';
export type { WaylandAddon } from '../native/wayland.js';
