/** Which action a drag is for: what both ends can do, and prefer. */
import { enums } from '../../../wayland/index.js';

const { none, copy, move, ask } = enums.wl_data_device_manager.dnd_action;
const all = copy | move | ask;

export interface Wish {
  readonly actions: number;
  readonly preferred: number;
}

/** Of those that know no actions. */
export const onlyCopy: Wish = { actions: copy, preferred: copy };

/** The destination's preference, else the first of both. */
export function chosenAction(source: number, { actions, preferred }: Wish): number {
  const both = source & actions;
  if ((preferred & both) !== 0) return preferred;
  return both & -both;
}

export const isMask = (actions: number): boolean => (actions & ~all) === 0;

/** One of the actions that are named, or none. */
export function isPreference(preferred: number, actions: number): boolean {
  const isOne = preferred === none || preferred === copy || preferred === move || preferred === ask;
  return isOne && (preferred & ~actions) === 0;
}

/** What the destination may say that it has done. */
export const isFinal = (action: number): boolean => action === copy || action === move;
