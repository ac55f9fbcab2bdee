/** wl_compositor: clients make surfaces and regions. */
import type { AnyResource, WaylandServer } from '../wayland/index.js';
import type { Content } from './content.js';
import { implementRegion } from './region.js';
import { Surface, type SurfaceHost, type SurfaceOf } from './surface.js';
import { surfaceRequests } from './surface-requests.js';

const version = 6;

export interface CompositorOptions extends SurfaceHost {
  /** Undefined for a buffer of no kind that was offered. */
  readonly contentOf: (buffer: AnyResource) => Content | undefined;
}

/** Gives what finds the surface behind an object that another request names. */
export function offerCompositor(server: WaylandServer, { contentOf, onGone, ...told }: CompositorOptions): SurfaceOf {
  const surfaces = new Map<number, Surface>();
  const host: SurfaceHost = {
    ...told,
    onGone: (surface) => {
      surfaces.delete(surface.resource.handle);
      onGone(surface);
    },
  };
  server.offer('wl_compositor', version, (compositor) => {
    compositor.implement({
      create_surface: (resource) => {
        const surface = new Surface(resource, host);
        surfaces.set(resource.handle, surface);
        resource.implement(surfaceRequests(surface, contentOf), () => surface.end());
      },
      create_region: implementRegion,
    });
  });
  return ({ handle }) => surfaces.get(handle);
}
