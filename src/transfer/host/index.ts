/** The host's half of the transfer. */
export { openBroker } from './open-broker.js';
export type { BrokerOptions } from './open-broker.js';
export type { Broker } from './broker.js';
export { describeEvent } from './broker-events.js';
export type { BrokerEvent } from './broker-events.js';
export type { BrokerLimits } from './limits.js';
export { openGuestMemory } from './memory/index.js';
export type { GuestMemoryOptions } from './memory/index.js';
export type { GuestEvent, GuestMemory, GuestPages } from './guest-memory.js';
export * from './memory/index.js';
