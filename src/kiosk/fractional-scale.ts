/** wp_fractional_scale_manager_v1: how many pixels of the head a surface's own pixel has, where that is no whole number. */
import { enums, ProtocolError, type WaylandServer } from '../wayland/index.js';
import type { Surface, SurfaceOf } from './surface.js';

const version = 1;
/** On the wire. */
const partsOfOne = 120;

/** `scale`: of the head. */
export function offerFractionalScale(server: WaylandServer, surfaceOf: SurfaceOf, scale: () => number): void {
  const surfaces = new Set<Surface>();
  const { fractional_scale_exists } = enums.wp_fractional_scale_manager_v1.error;
  server.offer('wp_fractional_scale_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_fractional_scale: (resource, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        if (surface === undefined) return void resource.implement({ destroy: () => undefined });
        if (surfaces.has(surface))
          throw new ProtocolError(manager, fractional_scale_exists, 'the surface is told its scale already');
        surfaces.add(surface);
        resource.implement({ destroy: () => undefined }, () => surfaces.delete(surface));
        resource.send.preferred_scale(Math.round(scale() * partsOfOne));
      },
    });
  });
}
