/** A head of a running QEMU, watched over its D-Bus display. */
export { openWatch } from './watch.js';
export type { Watch, WatchOptions } from './watch.js';
export type { Pace } from './answers.js';
export type { Screen } from './screen.js';
export type { Transport } from './surface.js';
export { Counting, type Sink } from './sink.js';
export { PngFile } from './png-file.js';
export { Film } from './film.js';
export { Judging } from './judging.js';
