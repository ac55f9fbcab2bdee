/** Opens the guest's end of the transfer. */
import { basename } from 'node:path';
import { checkOptions, type OptionsOf } from '../../declare.js';
import { producerOptions } from '../declared.js';
import { findPort } from './find-port.js';
import { systemMemory } from './pinned-memory.js';
import { Producer, type ProducerParts } from './producer.js';

/**
 * What `openProducer` can be asked for.
 * @interface
 */
export type ProducerOptions = OptionsOf<typeof producerOptions>;

/** The machine; replaced by the tests. */
export type ProducerSeams = Partial<Pick<ProducerParts, 'memory' | 'port'>>;

/**
 * Opens the port, whether or not anybody has the host's side of it; `Producer.state$` tells of that. Open it before the buffers'
 * descriptors would reach the number 4000, above which the port's lies (src/transfer/guest/port-calls.ts says why). Rejects with ERR_USAGE,
 * ERR_NO_DEVICE (no port of that name), ERR_PERMISSION, ERR_SYSTEM (EBUSY: another process has it).
 */
export function openProducer(options: ProducerOptions = {}, seams: ProducerSeams = {}): Promise<Producer> {
  return new Promise((resolve) => {
    const { port, name, releaseTimeoutMs } = checkOptions(producerOptions, options);
    const find = () => port ?? findPort(name);
    const { memory = systemMemory(), port: calls } = seams;
    resolve(new Producer({ find, name: programName(), releaseTimeoutMs, memory, port: calls }));
  });
}

/** In what the broker says. */
function programName(): string {
  return `${basename(process.argv[1] ?? 'node')} (process ${process.pid})`;
}
