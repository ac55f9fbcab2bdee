/** The one way to a broker. */
import { connect } from 'node:net';
import { type Duplex } from 'node:stream';
import { assertGiven, isObject } from '../../arguments.js';
import { MessageSocket } from '../../ipc/index.js';
import { Broker } from './broker.js';
import type { GuestMemory } from './guest-memory.js';
import { defaultLimits, type BrokerLimits } from './limits.js';
import { MemoryKeeper } from './memory-keeper.js';

export interface BrokerOptions {
  /**
   * The guest's memory, which the broker closes; or what opens it, which is called again, every half second, when QEMU has
   * ended: the broker then serves the next QEMU at the same sockets.
   */
  readonly memory: GuestMemory | (() => Promise<GuestMemory>);
  /** QEMU's Unix socket of the virtio-serial port, connected to again when it is lost; or a stream, which is not. */
  readonly port: string | Duplex;
  /** QEMU's id of the port's device. Default: transfer0. */
  readonly device?: string | undefined;
  /** Where consumers come: a file, or @ and an abstract name. */
  readonly listen: string;
  readonly limits?: Partial<BrokerLimits> | undefined;
}

const consumerMessageBytes = 4096;

/** Throws ERR_USAGE, ERR_SYSTEM (the socket of the consumers is taken), and what `memory` rejects with. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  assertGiven(isObject(options), options, 'description of a broker', 'give { memory, port, listen }');
  const { memory, port, device = 'transfer0', listen, limits } = options;
  const first = typeof memory === 'function' ? await memory() : memory;
  const keeper = new MemoryKeeper(first, typeof memory === 'function' ? memory : undefined);
  const connections$ = MessageSocket.listen(listen, { bytes: consumerMessageBytes, fds: 0 });
  const parts = { memory: keeper, device, connections$, limits: { ...defaultLimits, ...limits } };
  try {
    return new Broker({ ...parts, connect: connector(port) });
  } catch (error) {
    keeper.close();
    throw error;
  }
}

function connector(port: string | Duplex): () => Duplex | undefined {
  if (typeof port === 'string') return () => connect(port);
  let once: Duplex | undefined = port;
  return () => {
    const stream = once;
    once = undefined;
    return stream;
  };
}
