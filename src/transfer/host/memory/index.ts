/** Guest memory as the broker takes it. */
export { openGuestMemory } from './open.js';
export type { GuestMemoryOptions } from './open.js';
