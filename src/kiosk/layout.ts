/** Where the heads' windows go is up to whoever opens the kiosk. */
import type { Client } from '../wayland/index.js';
import type { Point } from './geometry.js';
import type { Size } from './surface-state.js';

/** A client's window, as the program around the kiosk has it. */
export interface KioskWindow {
  readonly title: string;
  /** What program it is of, as that says. */
  readonly appId: string;
  readonly client: Client;
  /** Whether it shows something. */
  readonly mapped: boolean;
  /** The window that it is a dialog of. */
  readonly parent: KioskWindow | undefined;
  /** Asks its client to end it. */
  close(): void;
}

/** Where one window goes, in the head's logical pixels. */
export interface Place extends Point {
  readonly window: KioskWindow;
  /** It is told to fill this, and stands in its middle where it does not. Undefined: it is as large as its client likes. */
  readonly size?: Size | undefined;
}

/** What a layout has to fill, in logical pixels. */
export interface HeadRoom extends Size {
  readonly connector: string;
}

/**
 * Says where the windows of one head that are no dialogs go, from the lowest to the highest. Those that it leaves out are
 * hidden, and told the head's size. `windows` has those last that have come to show something, or were activated while hidden,
 * last, and those that show nothing yet, which may be given their places and so their sizes. It is asked often, and says the same
 * of the same windows.
 */
export type Layout = (windows: readonly KioskWindow[], head: HeadRoom) => readonly Place[];

/** The newest that shows something fills the head. */
export const fillWithNewest: Layout = (windows, { width, height }) => {
  const window = windows.findLast(({ mapped }) => mapped);
  return window === undefined ? [] : [{ window, x: 0, y: 0, size: { width, height } }];
};
