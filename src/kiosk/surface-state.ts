/** What a client has set of a surface and not committed yet, and what it has committed. */
import type { AnyResource, Resource } from '../wayland/index.js';
import type { Box, Region } from './region.js';

/** Each is undefined where the client has not said anything since the last commit. */
export interface PendingState {
  /** null: the surface shows nothing any more. */
  buffer?: AnyResource | null;
  scale?: number;
  transform?: number;
  opaque?: { readonly region: Region | undefined };
  /** A region of undefined: all of it. */
  input?: { readonly region: Region | undefined };
  /** In the surface's own coordinates. */
  damage: Box[];
  /** In the buffer's pixels. */
  bufferDamage: Box[];
  callbacks: Resource<'wl_callback'>[];
}

export interface CurrentState {
  readonly scale: number;
  /** 0–7, as wl_output.transform. */
  readonly transform: number;
  readonly opaque: Region | undefined;
  readonly input: Region | undefined;
}

export const initialState: CurrentState = { scale: 1, transform: 0, opaque: undefined, input: undefined };

export function emptyPending(): PendingState {
  return { damage: [], bufferDamage: [], callbacks: [] };
}

/** What is left as it was is taken over. */
export function applied(current: CurrentState, pending: PendingState): CurrentState {
  return {
    scale: pending.scale ?? current.scale,
    transform: pending.transform ?? current.transform,
    opaque: pending.opaque === undefined ? current.opaque : pending.opaque.region,
    input: pending.input === undefined ? current.input : pending.input.region,
  };
}

/** Both kinds of damage in the buffer's pixels; undefined = all of it, for a picture that is turned. */
export function damageIn({ scale, transform }: CurrentState, pending: PendingState): readonly Box[] | undefined {
  if (transform !== 0 && pending.damage.length > 0) return undefined;
  const scaled = pending.damage.map(({ x, y, width, height }) => ({
    x: x * scale,
    y: y * scale,
    width: width * scale,
    height: height * scale,
  }));
  return [...pending.bufferDamage, ...scaled];
}
