/** `guesthead compare`: is one run worse than another, or is it noise? */
export { compareRuns, defaultAlpha, defaultThresholdPercent } from './compare.js';
export type { CompareOptions, ComparedFigure, ComparedHead, Comparison } from './compare.js';
export { describeComparison } from './describe.js';
export { parseRun } from './read.js';
export type { ComparableHead, ComparableRun } from './read.js';
