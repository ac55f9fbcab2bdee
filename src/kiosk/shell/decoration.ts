/** xdg-decoration: windows have no frames here, and clients that draw their own are asked not to. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';
import { Toplevel } from './toplevel.js';

const version = 1;
const { error: errors, mode: modes } = enums.zxdg_toplevel_decoration_v1;

export function offerDecoration(server: WaylandServer): void {
  server.offer('zxdg_decoration_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_toplevel_decoration: (decoration, resource) => {
        const toplevel = resource === null ? undefined : Toplevel.of(resource);
        decorate(decoration, toplevel);
      },
    });
  });
}

/** What draws the frame is told with each size. A toplevel of undefined has gone. */
function decorate(decoration: Resource<'zxdg_toplevel_decoration_v1'>, toplevel: Toplevel | undefined): void {
  if (toplevel?.decoration !== undefined)
    throw new ProtocolError(decoration, errors.already_constructed, 'the window has a decoration already');
  if (toplevel?.xdg.surface.hasBuffer === true)
    throw new ProtocolError(decoration, errors.unconfigured_buffer, 'the window has a picture already');
  if (toplevel !== undefined) toplevel.decoration = decoration;
  const again = () => toplevel?.xdg.configure();
  decoration.implement(
    {
      destroy: () => undefined,
      set_mode: (mode) => {
        if (mode !== modes.client_side && mode !== modes.server_side)
          throw new ProtocolError(decoration, errors.invalid_mode, `${mode} is no mode`);
        again();
      },
      unset_mode: again,
    },
    () => {
      if (toplevel !== undefined) toplevel.decoration = undefined;
    },
  );
  again();
}
