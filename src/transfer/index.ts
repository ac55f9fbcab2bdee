/**
 * The transfer: a guest application's buffers in a host application, without a copy.
 * @module guesthead/transfer
 */
export * from './guest/index.js';
export * from './host/index.js';
export * from './consumer/index.js';
