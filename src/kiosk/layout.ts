/** Where a head's windows go is up to whoever opens the kiosk. */
import type { Point } from './geometry.js';
import type { Toplevel } from './shell/toplevel.js';
import type { Size } from './surface-state.js';

/** Where one window goes, in the head's logical pixels. */
export interface Place extends Point {
  readonly window: Toplevel;
  /** It is told to fill this, and stands in its middle where it does not. Undefined: it is as large as its client likes. */
  readonly size?: Size | undefined;
}

/**
 * Says where windows that are no dialogs go, from the lowest to the highest. Those that it leaves out are hidden, and told the
 * head's size. `windows` has those last that have come to show something last, and those that show nothing yet, which may be given
 * their places and so their sizes.
 */
export type Layout = (windows: readonly Toplevel[], head: Size) => readonly Place[];

/** The newest that shows something fills the head. */
export const fillWithNewest: Layout = (windows, head) => {
  const window = windows.findLast(({ mapped }) => mapped);
  return window === undefined ? [] : [{ window, x: 0, y: 0, size: head }];
};
