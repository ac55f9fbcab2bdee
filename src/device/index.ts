export { describeDevice, discover, systemRoots } from './discover.js';
export type { DrmDevice, Roots } from './discover.js';
export { DrmNode } from './node.js';
export { isStandIn, selectDisplay, selectRender } from './select.js';
export type { Role, Selected } from './select.js';
