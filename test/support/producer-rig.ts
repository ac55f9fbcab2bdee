/** A producer for each test of a file, with a clock that stands; nothing of it may be left open. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GuestheadError } from '../../src/errors.js';
import type { Ending, Export } from '../../src/transfer/guest/export.js';
import type { TransferBuffer } from '../../src/transfer/guest/transfer-buffer.js';
import { transferRig, welcome } from './transfer-rig.js';

export const size = { width: 64, height: 64 };

export const code = (expected: string) => (error: unknown) =>
  error instanceof GuestheadError && error.code === expected;

interface ProducerRig extends ReturnType<typeof transferRig> {
  /** The broker is there, and has taken the greeting. */
  connect(): void;
  /** A buffer that the host has registered. */
  known(buffer?: TransferBuffer): TransferBuffer;
}

export function producerRig(): ProducerRig {
  const rig: ProducerRig = {
    ...transferRigOfNothing,
    connect: () => {
      rig.port.connect();
      mock.timers.tick(1);
      rig.port.say(welcome);
    },
    known: (buffer = rig.producer.allocate(size)) => {
      rig.port.say({ type: 'registered', buffer: rig.port.said('register').at(-1)!.buffer });
      return buffer;
    },
  };
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    Object.assign(rig, transferRig());
  });
  afterEach(async () => {
    const { port, pages, producer } = rig;
    const closing = producer.close();
    mock.timers.tick(1000);
    await closing;
    mock.timers.reset();
    assert.deepEqual([port.open$.size, port.watchers.size, pages.open.size, pages.mappings], [0, 0, 0, 0]);
  });
  return rig;
}

/** Until the first test begins. */
const transferRigOfNothing = {} as ReturnType<typeof transferRig>;

export function exported(buffer: TransferBuffer): Export {
  assert.ok(buffer.acquire());
  return buffer.export();
}

/** How it has ended, or undefined. */
export async function endingOf({ released }: Export): Promise<Ending | undefined> {
  return Promise.race([released, turn(undefined)]);
}
