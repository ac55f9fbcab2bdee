/** The consumer's half of the transfer. */
export { openConsumer } from './open-consumer.js';
export type { ConsumerOptions } from './open-consumer.js';
export type { Consumer } from './consumer.js';
export type { ReceivedBuffer } from './received-buffer.js';
