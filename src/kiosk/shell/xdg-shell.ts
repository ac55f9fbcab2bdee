/** xdg_wm_base: clients make windows and popups of their surfaces. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';
import type { SurfaceOf } from '../surface.js';
import type { Watch } from '../watch.js';
import type { LateAnswers } from './late-answers.js';
import { Popup, type PopupHost } from './popup.js';
import { implementPositioner, Positioner } from './positioner.js';
import { Toplevel, type ToplevelHost } from './toplevel.js';
import { XdgSurface } from './xdg-surface.js';

const version = 6;
const { error: errors } = enums.xdg_wm_base;

export interface XdgShellOptions {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly watch: Watch;
  readonly late: LateAnswers;
  readonly windows: ToplevelHost;
  readonly popups: PopupHost;
}

export function offerXdgShell(options: XdgShellOptions): void {
  const { server, surfaceOf, watch, late } = options;
  server.offer('xdg_wm_base', version, (base) => {
    const alive = new Set<XdgSurface>();
    base.implement(
      {
        destroy: () => {
          if (alive.size > 0) throw new ProtocolError(base, errors.defunct_surfaces, 'it is ended before its surfaces');
        },
        create_positioner: implementPositioner,
        get_xdg_surface: (resource, target) => {
          const surface = target === null ? undefined : surfaceOf(target);
          if (surface === undefined) return void resource.implement(idle);
          if (surface.role !== undefined || XdgSurface.on(surface) !== undefined)
            throw new ProtocolError(base, errors.role, 'the surface has a role already');
          if (surface.hasBuffer)
            throw new ProtocolError(base, errors.invalid_surface_state, 'the surface has a picture already');
          const xdg = new XdgSurface(resource, base, surface, () => server.nextSerial(), late);
          alive.add(xdg);
          resource.implement(requestsOf(xdg, options), () => alive.delete(xdg));
        },
        pong: (serial) => {
          watch.answered(base, serial);
        },
      },
      () => watch.forget(base),
    );
    watch.add(base);
  });
}

/** Of an object whose surface has gone. */
const idle = {
  destroy: () => undefined,
  get_toplevel: () => undefined,
  get_popup: () => undefined,
  set_window_geometry: () => undefined,
  ack_configure: () => undefined,
};

function requestsOf(xdg: XdgSurface, { windows, popups }: XdgShellOptions) {
  const { defunct_role_object } = enums.xdg_surface.error;
  return {
    destroy: () => {
      if (xdg.window !== undefined)
        throw new ProtocolError(xdg.resource, defunct_role_object, 'it is ended before its window');
    },
    get_toplevel: (resource: Resource<'xdg_toplevel'>) => {
      xdg.become(() => new Toplevel(resource, xdg, windows));
    },
    get_popup: (
      resource: Resource<'xdg_popup'>,
      parent: Resource<'xdg_surface'> | null,
      positioner: Resource<'xdg_positioner'> | null,
    ) => {
      const above = parent === null ? undefined : XdgSurface.of(parent);
      if (parent !== null && above?.window === undefined)
        throw new ProtocolError(xdg.base, errors.invalid_popup_parent, 'the parent is no window');
      const making = { parent: above, rules: Positioner.read(positioner, xdg.base) };
      xdg.become(() => new Popup(resource, xdg, making, popups));
    },
    set_window_geometry: (x: number, y: number, width: number, height: number) => {
      xdg.setGeometry({ x, y, width, height });
    },
    ack_configure: (serial: number) => {
      xdg.ack(serial);
    },
  };
}
