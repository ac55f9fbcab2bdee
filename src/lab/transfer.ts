/** The host's side of a transfer: a broker, and a consumer of its own process that judges every picture it receives. */
import type { Subscription } from 'rxjs';
import { messageOf } from '../errors.js';
import { judgeSink } from '../sinks/index.js';
import { openBroker, openGuestMemory, type Broker, type Consumer, type ReceivedBuffer } from '../transfer/index.js';
import type { RunFiles } from './machine.js';

/** Of the pictures since the last report. */
export interface TransferReport {
  readonly received: number;
  /** Each of their pixels is as the counter pattern has it, and no picture came after a later one. */
  readonly exact: number;
  readonly torn: number;
  /** A line each: the first picture that is wrong, and what ended the consumer. */
  readonly faults: readonly string[];
}

export class TransferJudge {
  #sink = judgeSink();
  #late = 0;
  #faults: string[] = [];
  readonly #consumer: Consumer;
  readonly #received: Subscription;

  private constructor(private readonly broker: Broker) {
    this.#consumer = broker.consumer('the lab');
    const end = (error: unknown) => this.#faults.push(messageOf(error));
    broker.events$.subscribe({ error: end });
    this.#received = this.#consumer.buffers$.subscribe({ next: (buffer) => this.#judge(buffer), error: end });
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
    const { received, exact, torn, wrong } = this.#sink.judgement;
    const faults = [...(wrong === null ? [] : [wrong]), ...this.#faults.splice(0)];
    const report = { received, exact: exact - this.#late, torn, faults };
    this.#sink = judgeSink();
    this.#late = 0;
    return report;
  }

  close(): void {
    this.#received.unsubscribe();
    this.#consumer.close();
    this.broker.close();
  }

  #judge(buffer: ReceivedBuffer): void {
    const { width, height, format, strideBytes, sequence } = buffer;
    const late = this.#sink.judgement.late;
    try {
      buffer.read((pixels) => void this.#sink.write({ width, height, format, strideBytes, sequence, pixels }));
      this.#late += this.#sink.judgement.late - late;
    } catch (error) {
      this.#faults.push(messageOf(error));
    } finally {
      buffer.release();
    }
  }
}
