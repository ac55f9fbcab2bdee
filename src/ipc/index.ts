/** IPC: messages with descriptors between two processes. */
export { MessageSocket } from './message-socket.js';
export type { Message, MessageLimits, MessageNative, SendResult } from './message-socket.js';
