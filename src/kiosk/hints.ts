/**
 * What clients may say and a kiosk may leave at that: nothing is shown otherwise for what is in it, every commit waits for the
 * refresh, nobody is to be startled by a bell, and there are no shortcuts of the kiosk's own that a client would have to do without.
 */
import { enums, type AnyResource, type Resource, type WaylandServer } from '../wayland/index.js';
import { Once } from './once.js';
import type { Surface, SurfaceOf } from './surface.js';

const version = 1;
const nothing = () => undefined;

export function offerHints(server: WaylandServer, surfaceOf: SurfaceOf): void {
  /** Each kind of hint is given once a surface, by an object that it outlives. */
  const onceASurface = (code: number, what: string) => {
    const once = new Once<Surface>(code, `the surface has ${what} already`);
    return (manager: AnyResource, target: Resource<'wl_surface'> | null) => {
      const surface = target === null ? undefined : surfaceOf(target);
      return surface && once.take(surface, manager);
    };
  };
  offerContentTypes(server, onceASurface(enums.wp_content_type_manager_v1.error.already_constructed, 'a content type'));
  offerTearing(
    server,
    onceASurface(enums.wp_tearing_control_manager_v1.error.tearing_control_exists, 'a tearing hint'),
  );
  const { already_inhibited } = enums.zwp_keyboard_shortcuts_inhibit_manager_v1.error;
  offerShortcutsInhibition(server, onceASurface(already_inhibited, 'its shortcuts inhibited'));
  server.offer('xdg_system_bell_v1', version, (bell) => {
    bell.implement({ destroy: nothing, ring: nothing });
  });
}

/** Gives what ends it. Throws ProtocolError. */
type Take = (manager: AnyResource, target: Resource<'wl_surface'> | null) => (() => void) | undefined;

function offerContentTypes(server: WaylandServer, take: Take): void {
  server.offer('wp_content_type_manager_v1', version, (manager) => {
    manager.implement({
      destroy: nothing,
      get_surface_content_type: (type, target) => {
        type.implement({ destroy: nothing, set_content_type: nothing }, take(manager, target));
      },
    });
  });
}

function offerTearing(server: WaylandServer, take: Take): void {
  server.offer('wp_tearing_control_manager_v1', version, (manager) => {
    manager.implement({
      destroy: nothing,
      get_tearing_control: (control, target) => {
        control.implement({ destroy: nothing, set_presentation_hint: nothing }, take(manager, target));
      },
    });
  });
}

function offerShortcutsInhibition(server: WaylandServer, take: Take): void {
  server.offer('zwp_keyboard_shortcuts_inhibit_manager_v1', version, (manager) => {
    manager.implement({
      destroy: nothing,
      inhibit_shortcuts: (inhibitor, target) => {
        inhibitor.implement({ destroy: nothing }, take(manager, target));
        // All keys are its own, as long as it is typed into.
        inhibitor.send.active();
      },
    });
  });
}
