/** wl_compositor: clients make surfaces and regions. */
import type { WaylandServer } from '../wayland/index.js';
import { implementRegion } from './region.js';
import { Surface, type SurfaceHost } from './surface.js';

const version = 5;

/** `surfaceOf` finds the surface behind an object that another request names. */
export interface Surfaces {
  surfaceOf(resource: { readonly handle: number }): Surface | undefined;
}

export function offerCompositor(server: WaylandServer, host: SurfaceHost): Surfaces {
  const surfaces = new Map<number, Surface>();
  server.offer('wl_compositor', version, (compositor) => {
    compositor.implement({
      create_surface: (resource) => {
        const { handle } = resource;
        surfaces.set(handle, new Surface({ ...host, onGone: () => surfaces.delete(handle) }, resource));
      },
      create_region: implementRegion,
    });
  });
  return { surfaceOf: ({ handle }) => surfaces.get(handle) };
}
