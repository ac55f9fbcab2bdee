/** `guesthead host broker`: the host's end of the transfer, which may receive by itself. */
import type { Command } from 'commander';
import type { Broker, BrokerEvent } from '../transfer/index.js';
import {
  addReceivingOptions,
  print,
  receive,
  resultOf,
  sinkOf,
  wanted,
  whenAsked,
  type ReceivingOptions,
} from './receiving.js';

interface BrokerCliOptions extends ReceivingOptions {
  readonly qmp: string;
  readonly port: string;
  readonly listen: string;
  readonly device: string;
}

export function addBrokerCommand(host: Command): void {
  const command = host
    .command('broker')
    .description('hands the buffers that a guest shares to consumers on this host, without a copy')
    .requiredOption('--qmp <socket>', "QEMU's QMP socket, which no other client uses")
    .requiredOption('--port <socket>', "QEMU's socket of the port org.guesthead.transfer.0")
    .requiredOption('--listen <socket>', 'where consumers come: a file, or @ and an abstract name')
    .option('--device <id>', "QEMU's id of the port's device", 'transfer0');
  addReceivingOptions(command)
    .addHelpText(
      'after',
      '\nIt ends by SIGINT or SIGTERM, or with --frames. Exit status: 0 all was as wanted, 1 it was not, 2 bad usage, 3 this host or QEMU does not allow it.',
    )
    .action((options: BrokerCliOptions) => print(options, () => run(options)));
}

async function run(options: BrokerCliOptions) {
  const { describeEvent, openBroker, openGuestMemory } = await import('../transfer/index.js');
  const { qmp, port, listen, device } = options;
  const sink = await sinkOf(options);
  const broker = await openBroker({ memory: () => openGuestMemory({ qmp }), port, listen, device });
  const counts = { producers: 0, consumers: 0 };
  const failed = new Promise<never>((_, reject) => {
    broker.events$.subscribe({
      next: (event) => {
        count(counts, event);
        say(describeEvent(event));
      },
      error: reject, // nobody can come any more
    });
  });
  const memory = memoryOf(broker);
  say(`${memory}; consumers come at ${listen}`);
  try {
    const { received, asked } = await Promise.race([untilEnd(broker, sink, options), failed]);
    const ended = received.enough ? 'enough' : (asked ?? 'the broker has closed');
    const says = `${counts.producers} producers, ${counts.consumers} consumers; ended by: ${ended}`;
    return resultOf(received, options, { memory, ...counts, ended, says });
  } finally {
    broker.close();
  }
}

async function untilEnd(broker: Broker, sink: Awaited<ReturnType<typeof sinkOf>>, options: BrokerCliOptions) {
  const asking = whenAsked();
  const most = wanted(options);
  if (sink === undefined && most === undefined)
    return { received: { received: 0, enough: false, facts: {} }, asked: await asking };
  const consumer = broker.consumer();
  let asked: string | undefined;
  void asking.then((signal) => {
    asked = signal;
    consumer.close();
  });
  return { received: await receive(consumer, sink, most), asked };
}

function memoryOf({ whyMapped }: Broker): string {
  return whyMapped === undefined ? 'dma-bufs of the guest’s pages' : `mapped in the broker’s own process: ${whyMapped}`;
}

function count(counts: { producers: number; consumers: number }, { type }: BrokerEvent): void {
  if (type === 'producer') counts.producers++;
  if (type === 'consumer') counts.consumers++;
}

function say(line: string): void {
  process.stderr.write(`broker: ${line}\n`);
}
