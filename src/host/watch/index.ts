/** A head of a running QEMU, watched over its D-Bus display. */
export { openWatch } from './watch.js';
export type { Watch, WatchOptions } from './watch.js';
export type { Pace } from './answers.js';
export type { Screen } from './screen.js';
export type { Transport } from './surface.js';
