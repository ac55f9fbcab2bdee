/** Opens a Wayland server by itself. */
import { loadNative } from '../native/index.js';
import { WaylandServer, type WaylandOptions } from './server.js';

/**
 * A server that offers nothing yet, on this thread's event loop, which it keeps alive. Throws ERR_LIBRARY_MISSING without
 * libwayland-server.
 */
export function openWayland(options: WaylandOptions = {}): WaylandServer {
  return new WaylandServer(loadNative(), options);
}
