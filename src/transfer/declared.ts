/** What a producer can be asked for. */
import type { Declarations } from '../declare.js';

export const producerOptions = {
  port: {
    kind: 'text',
    named: 'port',
    value: '<node>',
    says: 'the device node of the virtio-serial port to the host',
    otherwise: 'the one with the name',
  },
  name: {
    kind: 'text',
    named: 'name of a port',
    value: '<name>',
    says: 'the name of the virtio-serial port to the host',
    standard: 'org.guesthead.transfer.0',
  },
  /** Milliseconds. */
  releaseTimeoutMs: {
    kind: 'duration',
    named: 'time until a release is late',
    says: 'report an export that nobody on the host has released for so long',
    mostMs: 3_600_000,
    standard: 2000,
  },
} as const satisfies Declarations;
