/** `guesthead host receive`: a consumer of the transfer. */
import type { Command } from 'commander';
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

interface ReceiveCliOptions extends ReceivingOptions {
  readonly listen: string;
}

export function addReceiveCommand(host: Command): void {
  const command = host
    .command('receive')
    .description('receives what a guest shares from the broker: a picture, a film, or a judgement of it')
    .requiredOption('--listen <socket>', 'where the broker listens');
  addReceivingOptions(command)
    .addHelpText(
      'after',
      '\nExit status: 0 all was as wanted, 1 it was not, or nobody listens, 2 bad usage, 3 the broker refuses.',
    )
    .action((options: ReceiveCliOptions) => print(options, () => run(options)));
}

async function run(options: ReceiveCliOptions) {
  const { openConsumer } = await import('../transfer/index.js');
  const sink = await sinkOf(options);
  const consumer = await openConsumer(options.listen, { name: `guesthead host receive, process ${process.pid}` });
  let asked: string | undefined;
  void whenAsked().then((signal) => {
    asked = signal;
    consumer.close();
  });
  try {
    const received = await receive(consumer, sink, wanted(options));
    const ended = received.enough ? 'enough' : (asked ?? 'the broker has closed the connection');
    const says = `${received.received} pictures were received as dma-bufs; ended by: ${ended}`;
    return resultOf(received, options, { memory: 'dma-buf', ended, says });
  } finally {
    consumer.close();
  }
}
