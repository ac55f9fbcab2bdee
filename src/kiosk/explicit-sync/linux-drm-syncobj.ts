/** wp_linux_drm_syncobj_manager_v1: clients say by points of timelines when a buffer is drawn, and hear by others when it is free again. */
import { messageOf } from '../../errors.js';
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';
import { Once } from '../once.js';
import type { Surface, SurfaceOf } from '../surface.js';
import type { SyncPoint } from './buffer-points.js';
import type { ClientTimeline } from './client-timeline.js';
import type { ClientTimelines } from './client-timelines.js';
import { SurfacePoints } from './surface-points.js';

type Manager = Resource<'wp_linux_drm_syncobj_manager_v1'>;
type TimelineResource = Resource<'wp_linux_drm_syncobj_timeline_v1'>;
type SurfaceResource = Resource<'wp_linux_drm_syncobj_surface_v1'>;

const version = 1;
const { surface_exists, invalid_timeline } = enums.wp_linux_drm_syncobj_manager_v1.error;
const { no_surface } = enums.wp_linux_drm_syncobj_surface_v1.error;

export function offerExplicitSync(server: WaylandServer, surfaceOf: SurfaceOf, timelines: ClientTimelines): void {
  const once = new Once<Surface>(surface_exists, 'the surface has explicit sync already');
  const known = new WeakMap<TimelineResource, ClientTimeline>();
  server.offer('wp_linux_drm_syncobj_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_surface: (sync, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        const onGone = surface && once.take(surface, manager);
        implementSync(sync, surface, (timeline) => known.get(timeline), onGone);
      },
      import_timeline: (resource, fd) => {
        const timeline = importedFor(manager, timelines, fd);
        known.set(resource, timeline);
        resource.implement({ destroy: () => undefined }, () => timeline.release());
      },
    });
  });
}

function implementSync(
  sync: SurfaceResource,
  surface: Surface | undefined,
  timelineOf: (resource: TimelineResource) => ClientTimeline | undefined,
  onGone: (() => void) | undefined,
): void {
  const points = new SurfacePoints(sync);
  if (surface !== undefined) surface.sync = points;
  const setting =
    (set: (point: SyncPoint) => void) => (resource: TimelineResource | null, high: number, low: number) => {
      if (surface === undefined || surface.gone) throw new ProtocolError(sync, no_surface, 'its surface has gone');
      const timeline = resource === null ? undefined : timelineOf(resource);
      if (timeline !== undefined) set({ timeline: timeline.hold(), value: (BigInt(high) << 32n) | BigInt(low) });
    };
  const requests = {
    destroy: () => undefined,
    set_acquire_point: setting((point) => points.setAcquire(point)),
    set_release_point: setting((point) => points.setRelease(point)),
  };
  sync.implement(requests, () => {
    points.end();
    if (surface !== undefined) surface.sync = undefined;
    onGone?.();
  });
}

/** Whoever brings it has it checked by the kernel. */
function importedFor(manager: Manager, timelines: ClientTimelines, fd: number): ClientTimeline {
  try {
    return timelines.import(fd, manager.client);
  } catch (error) {
    throw new ProtocolError(manager, invalid_timeline, `it is no timeline: ${messageOf(error)}`);
  }
}
