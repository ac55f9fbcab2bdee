/** What a window is told to be, and how the client hears of it. */
import { enums, type Resource } from '../../wayland/index.js';
import type { Size } from '../surface-state.js';

export interface WindowState {
  /** Of its window geometry; 0: as the client likes. */
  readonly size: Size;
  /** It should not be larger. */
  readonly bounds: Size;
  readonly fullscreen: boolean;
  readonly maximized: boolean;
  readonly activated: boolean;
  /** It is hidden. */
  readonly suspended: boolean;
  /** Whether the client's wishes to be as large as the head are heard. */
  readonly free: boolean;
}

const { state: states, wm_capabilities: abilities } = enums.xdg_toplevel;
const boundsSince = 4;
const abilitiesSince = 5;
const suspendedSince = 6;

/** Which wishes are heard: told before the first size, and when that has changed. */
export function tellAbilities(resource: Resource<'xdg_toplevel'>, { free }: Pick<WindowState, 'free'>): void {
  if (resource.version < abilitiesSince) return;
  resource.send.wm_capabilities(packed(free ? [abilities.maximize, abilities.fullscreen] : [abilities.fullscreen]));
}

export function tellState(resource: Resource<'xdg_toplevel'>, state: WindowState): void {
  const { size, bounds } = state;
  if (resource.version >= boundsSince) resource.send.configure_bounds(bounds.width, bounds.height);
  resource.send.configure(size.width, size.height, packed(statesOf(state, resource.version)));
}

export function isSameState(one: WindowState, other: WindowState): boolean {
  const flags = ['fullscreen', 'maximized', 'activated', 'suspended', 'free'] as const;
  return (
    isSameSize(one.size, other.size) &&
    isSameSize(one.bounds, other.bounds) &&
    flags.every((flag) => one[flag] === other[flag])
  );
}

function statesOf({ fullscreen, maximized, activated, suspended }: WindowState, version: number): number[] {
  return [
    ...(fullscreen ? [states.fullscreen] : []),
    ...(maximized ? [states.maximized] : []),
    ...(activated ? [states.activated] : []),
    ...(suspended && version >= suspendedSince ? [states.suspended] : []),
  ];
}

function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

/** Numbers as a wl_array. */
function packed(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}
