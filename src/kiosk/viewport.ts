/** wp_viewporter: a part of a buffer, at another size. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../wayland/index.js';
import type { Content } from './content.js';
import type { Surface, SurfaceOf } from './surface.js';
import { wholeOf, type SurfaceState } from './surface-state.js';

const version = 1;
const { error: errors } = enums.wp_viewport;
/** Of a rectangle or a size: nothing is set. */
const unset = -1;

const viewports = new WeakMap<Surface, Resource<'wp_viewport'>>();

export function offerViewporter(server: WaylandServer, surfaceOf: SurfaceOf): void {
  server.offer('wp_viewporter', version, (viewporter) => {
    viewporter.implement({
      destroy: () => undefined,
      get_viewport: (viewport, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        if (surface === undefined) return void viewport.implement(idle);
        if (viewports.has(surface))
          throw new ProtocolError(
            viewporter,
            enums.wp_viewporter.error.viewport_exists,
            'the surface has a viewport already',
          );
        viewports.set(surface, viewport);
        implementViewport(viewport, surface);
      },
    });
  });
}

/** Of a surface that has gone. */
const idle = { destroy: () => undefined, set_source: () => undefined, set_destination: () => undefined };

function implementViewport(viewport: Resource<'wp_viewport'>, surface: Surface): void {
  const change = () => {
    if (surface.gone) throw new ProtocolError(viewport, errors.no_surface, 'its surface has gone');
    return surface.pending.change;
  };
  viewport.implement(
    {
      destroy: () => undefined,
      set_source: (x, y, width, height) => {
        const pending = change();
        const nothing = [x, y, width, height].every((value) => value === unset);
        if (!nothing && (x < 0 || y < 0 || width <= 0 || height <= 0))
          throw new ProtocolError(
            viewport,
            errors.bad_value,
            `${width}x${height} at ${x}, ${y} is no part of a picture`,
          );
        pending.source = { value: nothing ? undefined : { x, y, width, height } };
      },
      set_destination: (width, height) => {
        const pending = change();
        const nothing = width === unset && height === unset;
        if (!nothing && (width <= 0 || height <= 0))
          throw new ProtocolError(viewport, errors.bad_value, `${width}x${height} is no size`);
        pending.destination = { value: nothing ? undefined : { width, height } };
      },
    },
    () => {
      viewports.delete(surface);
      if (surface.gone) return;
      Object.assign(surface.pending.change, { source: { value: undefined }, destination: { value: undefined } });
    },
  );
}

/** Throws ProtocolError where what is to be shown is not in the buffer, or is no size. */
export function checkViewport(surface: Surface, state: SurfaceState, content: Content): void {
  const viewport = viewports.get(surface);
  if (viewport === undefined || state.source === undefined) return;
  const { x, y, width, height } = state.source;
  if (state.destination === undefined && !(Number.isInteger(width) && Number.isInteger(height)))
    throw new ProtocolError(viewport, errors.bad_size, `${width}x${height} is no size of a surface`);
  const whole = wholeOf(state, content);
  if (x + width <= whole.width && y + height <= whole.height) return;
  throw new ProtocolError(viewport, errors.out_of_buffer, `the part shown is not in ${whole.width}x${whole.height}`);
}
