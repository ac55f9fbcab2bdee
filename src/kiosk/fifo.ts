/** wp_fifo_manager_v1: a commit may wait until the one before it has been taken to the screen. */
import { enums, ProtocolError, type WaylandServer } from '../wayland/index.js';
import type { PendingCommit } from './commit.js';
import { Once } from './once.js';
import type { SurfaceOf } from './surface.js';

const version = 1;
const { already_exists } = enums.wp_fifo_manager_v1.error;
const { surface_destroyed } = enums.wp_fifo_v1.error;

export function offerFifo(server: WaylandServer, surfaceOf: SurfaceOf): void {
  const once = new Once(already_exists, 'the surface has a fifo already');
  server.offer('wp_fifo_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_fifo: (fifo, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        const onGone = surface && once.take(surface, manager);
        const change = (set: (pending: PendingCommit) => void) => () => {
          if (surface === undefined || surface.gone)
            throw new ProtocolError(fifo, surface_destroyed, 'its surface has gone');
          set(surface.pending);
        };
        const requests = {
          destroy: () => undefined,
          set_barrier: change((pending) => pending.setEffect('fifo barrier', () => surface?.setBarrier())),
          wait_barrier: change((pending) => (pending.waitsForBarrier = true)),
        };
        fifo.implement(requests, onGone);
      },
    });
  });
}
