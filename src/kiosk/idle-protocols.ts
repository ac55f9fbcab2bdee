/** zwp_idle_inhibit_manager_v1 and ext_idle_notifier_v1: clients keep the screen on, or hear that nobody uses it. */
import type { Resource, WaylandServer } from '../wayland/index.js';
import type { Idle, IdleOptions } from './idle.js';
import type { SurfaceOf } from './surface.js';

const version = { inhibit: 1, notifier: 2 } as const;

export function offerIdle(server: WaylandServer, surfaceOf: SurfaceOf, idle: Idle): void {
  offerInhibitors(server, surfaceOf, idle);
  offerNotifier(server, idle);
}

/** Who inhibits is asked of the surface: one that is not seen, or has gone, does not. */
function offerInhibitors(server: WaylandServer, surfaceOf: SurfaceOf, idle: Idle): void {
  server.offer('zwp_idle_inhibit_manager_v1', version.inhibit, (manager) => {
    manager.implement({
      destroy: () => undefined,
      create_inhibitor: (inhibitor, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        inhibitor.implement({ destroy: () => undefined }, surface && idle.inhibit(surface));
      },
    });
  });
}

function offerNotifier(server: WaylandServer, idle: Idle): void {
  const notify = (notification: Resource<'ext_idle_notification_v1'>, timeoutMs: number, options?: IdleOptions) => {
    const told = idle.for(timeoutMs, options).subscribe((isIdle) => {
      if (isIdle) notification.send.idled();
      else notification.send.resumed();
    });
    notification.implement({ destroy: () => undefined }, () => {
      told.unsubscribe();
    });
  };
  server.offer('ext_idle_notifier_v1', version.notifier, (notifier) => {
    notifier.implement({
      destroy: () => undefined,
      // There is one seat.
      get_idle_notification: (notification, timeoutMs) => {
        notify(notification, timeoutMs);
      },
      get_input_idle_notification: (notification, timeoutMs) => {
        notify(notification, timeoutMs, { heedsInhibitors: false });
      },
    });
  });
}
