/** What one producer, and all consumers, may take of the host. */
export interface BrokerLimits {
  /** Buffers of a producer at a time. */
  readonly buffers: number;
  /** Their bytes in all. */
  readonly bytes: bigint;
  /** Consumers at a time. */
  readonly consumers: number;
  /** Refused requests of one producer, until it is taken for a broken one and dropped. */
  readonly refusals: number;
  /** Milliseconds: for a consumer to greet, and to let go of a buffer that goes. */
  readonly answerMs: number;
  /** Bytes that a guest has not read of what the broker told it. */
  readonly unreadBytes: number;
}

export const defaultLimits: BrokerLimits = {
  buffers: 64,
  bytes: 1n << 30n,
  consumers: 16,
  refusals: 64,
  answerMs: 5000,
  unreadBytes: 1 << 20,
};
