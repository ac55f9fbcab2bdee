/** wp_fractional_scale_manager_v1: how many pixels of the head a surface's own pixel has, where that is no whole number. */
import { enums, ProtocolError, type Client, type WaylandServer } from '../wayland/index.js';
import type { SurfaceOf } from './surface.js';

const version = 1;
/** On the wire. */
const partsOfOne = 120;

/** `scaleFor`: of the head on which the client's windows are likely to be. */
export function offerFractionalScale(
  server: WaylandServer,
  surfaceOf: SurfaceOf,
  scaleFor: (client: Client) => number,
): void {
  const { fractional_scale_exists } = enums.wp_fractional_scale_manager_v1.error;
  server.offer('wp_fractional_scale_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_fractional_scale: (resource, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        if (surface === undefined) return void resource.implement({ destroy: () => undefined });
        if (surface.onScale !== undefined)
          throw new ProtocolError(manager, fractional_scale_exists, 'the surface is told its scale already');
        let told: number | undefined;
        surface.onScale = (scale) => {
          if (scale !== told) resource.send.preferred_scale(Math.round(scale * partsOfOne));
          told = scale;
        };
        resource.implement({ destroy: () => undefined }, () => (surface.onScale = undefined));
        surface.onScale(scaleFor(resource.client));
      },
    });
  });
}
