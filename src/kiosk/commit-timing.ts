/** wp_commit_timing_manager_v1: a commit may wait for a time. */
import { enums, ProtocolError, type WaylandServer } from '../wayland/index.js';
import { Once } from './once.js';
import type { SurfaceOf } from './surface.js';

const version = 1;
const { commit_timer_exists } = enums.wp_commit_timing_manager_v1.error;
const { invalid_timestamp, timestamp_exists, surface_destroyed } = enums.wp_commit_timer_v1.error;
const nsPerSecond = 1e9;

export function offerCommitTiming(server: WaylandServer, surfaceOf: SurfaceOf): void {
  const once = new Once(commit_timer_exists, 'the surface has a commit timer already');
  server.offer('wp_commit_timing_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_timer: (timer, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        const onGone = surface && once.take(surface, manager);
        const refuse = (code: number, text: string) => new ProtocolError(timer, code, text);
        const requests = {
          destroy: () => undefined,
          // The time is of CLOCK_MONOTONIC, as wp_presentation has it.
          set_timestamp: (high: number, low: number, ns: number) => {
            if (surface === undefined || surface.gone) throw refuse(surface_destroyed, 'its surface has gone');
            if (ns >= nsPerSecond) throw refuse(invalid_timestamp, `${ns} ns are a second or more`);
            const { pending } = surface;
            if (pending.notBeforeMs !== undefined) throw refuse(timestamp_exists, 'the commit has a time already');
            pending.notBeforeMs = (high * 2 ** 32 + low) * 1000 + ns / 1e6;
          },
        };
        timer.implement(requests, onGone);
      },
    });
  });
}
