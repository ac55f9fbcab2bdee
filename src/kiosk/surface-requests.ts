/** The requests of a wl_surface: each changes what the next commit will apply. */
import { enums, ProtocolError, type AnyResource, type Requests } from '../wayland/index.js';
import type { Content } from './content.js';
import { regionOf } from './region.js';
import type { Surface } from './surface.js';
import { checkViewport } from './viewport.js';

const { error: errors } = enums.wl_surface;
const transforms = new Set<number>(Object.values(enums.wl_output.transform));
/** From here on an offset is a request of its own. */
const offsetSince = 5;
/** From here on a surface may not go before what it is. */
const roleFirstSince = 6;

export function surfaceRequests(
  surface: Surface,
  contentOf: (buffer: AnyResource) => Content | undefined,
): Requests<'wl_surface'> {
  // Asked for at each request: a surface implements itself before all of it is there.
  const pending = () => surface.pending;
  let buffer: AnyResource | null | undefined;
  return {
    destroy: () => {
      if (surface.resource.version >= roleFirstSince && surface.role?.hasObject === true)
        throw new ProtocolError(surface.resource, errors.defunct_role_object, 'it is ended before what it is');
    },
    attach: (attached, x, y) => {
      if (surface.resource.version >= offsetSince) {
        if (x !== 0 || y !== 0)
          throw new ProtocolError(surface.resource, errors.invalid_offset, 'an offset is given by wl_surface.offset');
      } else pending().offset = { x, y };
      buffer = attached;
      pending().change.content = { value: attached === null ? undefined : contentOf(attached) };
    },
    damage: (x, y, width, height) => {
      pending().addDamage({ x, y, width, height });
    },
    damage_buffer: (x, y, width, height) => {
      pending().addBufferDamage({ x, y, width, height });
    },
    frame: (callback) => {
      pending().addCallback(callback.implement({}));
    },
    set_opaque_region: (region) => {
      pending().change.opaque = { value: regionOf(region) };
    },
    set_input_region: (region) => {
      pending().change.input = { value: regionOf(region) };
    },
    set_buffer_scale: (scale) => {
      if (scale < 1) throw new ProtocolError(surface.resource, errors.invalid_scale, `${scale} is no scale`);
      pending().change.scale = scale;
    },
    set_buffer_transform: (transform) => {
      if (!transforms.has(transform))
        throw new ProtocolError(surface.resource, errors.invalid_transform, `${transform} is no transform`);
      pending().change.transform = transform;
    },
    offset: (x, y) => {
      pending().offset = { x, y };
    },
    commit: () => {
      // Destroyed before it was committed: nothing is shown.
      if (buffer?.alive === false) pending().change.content = { value: undefined };
      buffer = undefined;
      surface.sync?.check(pending().change.content);
      check(surface);
      surface.commit();
    },
  };
}

/** What the commit would make of it. */
function check(surface: Surface): void {
  const next = surface.upcoming;
  const { content, scale } = next;
  if (content === undefined) return;
  const { width, height } = content;
  if (width % scale !== 0 || height % scale !== 0) {
    const text = `a buffer of ${width}x${height} cannot have scale ${scale}`;
    throw new ProtocolError(surface.resource, errors.invalid_size, text);
  }
  checkViewport(surface, next, content);
}
