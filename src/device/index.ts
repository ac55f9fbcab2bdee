export { describeDevice, discover, systemRoots } from './discover.js';
export type { DrmDevice, Roots } from './discover.js';
export { masterHolder, systemHolderRoots } from './master-holder.js';
export type { HolderRoots, MasterHolder } from './master-holder.js';
export { DrmNode } from './node.js';
export { isStandIn, selectDisplay, selectRender } from './select.js';
export type { Role, Selected } from './select.js';
