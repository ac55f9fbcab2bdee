/** The host's side of a transfer: a broker, and a consumer of its own process that judges every picture it receives. */
import type { Subscription } from 'rxjs';
import { openBroker, openGuestMemory, type Broker, type Consumer } from '../transfer/index.js';
import type { RunFiles } from './machine.js';
import { PictureJudge, type TransferReport } from './picture-judge.js';

export class TransferJudge {
  readonly #judge = new PictureJudge();
  readonly #consumer: Consumer;
  readonly #received: Subscription;

  private constructor(private readonly broker: Broker) {
    this.#consumer = broker.consumer('the lab');
    const error = (failure: unknown) => this.#judge.fault(failure);
    broker.events$.subscribe({ error });
    this.#received = this.#consumer.buffers$.subscribe({ next: (buffer) => this.#judge.take(buffer), error });
  }

  /** Once QEMU listens. Rejects as `openBroker` and `openGuestMemory` do. */
  static async open({ brokerQmp, transfer, broker }: RunFiles): Promise<TransferJudge> {
    const memory = () => openGuestMemory({ qmp: brokerQmp });
    return new TransferJudge(await openBroker({ memory, port: transfer, listen: broker }));
  }

  /** How the pages get here, for people to read; undefined where consumers get dma-bufs as on any host. */
  get standIn(): string | undefined {
    return this.broker.kind === 'mapping'
      ? 'the guest’s buffers are mapped in the broker’s own process, for this host has no /dev/udmabuf to hand them on'
      : undefined;
  }

  /** Begins the count anew. */
  report(): TransferReport {
    return this.#judge.report();
  }

  close(): void {
    this.#received.unsubscribe();
    this.#consumer.close();
    this.broker.close();
  }
}
