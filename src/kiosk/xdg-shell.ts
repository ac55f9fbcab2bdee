/** xdg_wm_base: clients make windows of their surfaces. */
import { enums, ProtocolError, type AnyResource, type Resource, type WaylandServer } from '../wayland/index.js';
import type { SurfaceOf } from './surface.js';
import { Toplevel, type ToplevelHost } from './toplevel.js';
import { XdgSurface } from './xdg-surface.js';

const version = 5;
const { error: errors } = enums.xdg_wm_base;

export interface XdgShellOptions {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly host: ToplevelHost;
}

export function offerXdgShell({ server, surfaceOf, host }: XdgShellOptions): void {
  server.offer('xdg_wm_base', version, (base) => {
    const alive = new Set<XdgSurface>();
    base.implement({
      destroy: () => {
        if (alive.size > 0) throw new ProtocolError(base, errors.defunct_surfaces, 'it is ended before its surfaces');
      },
      create_positioner: implementPositioner,
      get_xdg_surface: (resource, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        if (surface === undefined) return;
        if (surface.role !== undefined) throw new ProtocolError(base, errors.role, 'the surface has a role already');
        if (surface.hasBuffer)
          throw new ProtocolError(base, errors.invalid_surface_state, 'the surface has a picture already');
        const xdg = new XdgSurface(resource, surface, () => server.nextSerial());
        alive.add(xdg);
        implementXdgSurface(xdg, host, () => alive.delete(xdg));
      },
      pong: () => undefined,
    });
  });
}

function implementXdgSurface(xdg: XdgSurface, host: ToplevelHost, onGone: () => void): void {
  const { resource } = xdg;
  resource.implement(
    {
      destroy: () => {
        if (xdg.window !== undefined)
          throw new ProtocolError(
            resource,
            enums.xdg_surface.error.defunct_role_object,
            'it is ended before its window',
          );
      },
      get_toplevel: (toplevel) => {
        xdg.become(new Toplevel(toplevel, xdg, host));
      },
      get_popup: implementPopup,
      set_window_geometry: (_x, _y, width, height) => {
        if (width <= 0 || height <= 0)
          throw new ProtocolError(resource, enums.xdg_surface.error.invalid_size, 'a window has a size');
      },
      ack_configure: (serial) => {
        xdg.ack(serial);
      },
    },
    onGone,
  );
}

/** Popups are not shown yet: each is dismissed when it is asked for, as a compositor may. */
function implementPopup(
  popup: Resource<'xdg_popup'>,
  _parent: AnyResource | null,
  _positioner: AnyResource | null,
): void {
  popup.implement({ destroy: () => undefined, grab: () => undefined, reposition: () => undefined });
  popup.send.popup_done();
}

function implementPositioner(positioner: Resource<'xdg_positioner'>): void {
  const { invalid_input } = enums.xdg_positioner.error;
  const atLeast =
    (least: number) =>
    (first: number, second: number, width = first, height = second) => {
      if (width < least || height < least)
        throw new ProtocolError(positioner, invalid_input, `${width}x${height} is no size`);
    };
  const oneOf = (values: Readonly<Record<string, number>>) => (value: number) => {
    if (!Object.values(values).includes(value)) throw new ProtocolError(positioner, invalid_input, `${value} is none`);
  };
  positioner.implement({
    destroy: () => undefined,
    set_size: atLeast(1),
    set_anchor_rect: atLeast(0),
    set_anchor: oneOf(enums.xdg_positioner.anchor),
    set_gravity: oneOf(enums.xdg_positioner.gravity),
    set_constraint_adjustment: () => undefined,
    set_offset: () => undefined,
    set_reactive: () => undefined,
    set_parent_size: () => undefined,
    set_parent_configure: () => undefined,
  });
}
