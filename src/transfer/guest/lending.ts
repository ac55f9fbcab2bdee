/**
 * What the producer and the broker do to each other's knowledge: buffers are exported, released, taken back. Composes the pure states of
 * buffers with the registrations of their pages; the port is only something that takes messages.
 */
import { GuestheadError, messageOf } from '../../errors.js';
import { ExportIds } from '../protocol/export-id.js';
import { kindOf, mostPrivateBytes, type MessageOf } from '../protocol/messages.js';
import { BufferStates, type BufferState } from './buffer-states.js';
import type { FromBroker } from './connection.js';
import { noData, PendingExport, type Ending, type Export, type ExportOptions } from './export.js';
import type { PinnedMemory } from './pinned-memory.js';
import { Registrations, type Speaker } from './registrations.js';
import type { BufferOwner, PreparationTimes, TransferBuffer } from './transfer-buffer.js';

export interface LendingParts extends Speaker {
  /** As large as the buffer's. Throws ERR_ALLOCATION. */
  readonly newMemory: (buffer: TransferBuffer) => PinnedMemory;
  /** The host was told of an export. */
  readonly onExported: () => void;
}

/** Of the 16 bits that a buffer's number has in an export's id; the sequence alone makes it unique. */
const numbersInIds = 0x1_0000;
const nobody = 'nobody has the host’s side of the port';
const full = 'the port is full: the host does not read it';

export class Lending implements BufferOwner {
  readonly #states = new BufferStates<TransferBuffer>();
  readonly #registrations: Registrations;
  /** In the order in which they were exported. */
  readonly #pending = new Map<string, PendingExport<TransferBuffer>>();
  readonly #ids = new ExportIds();
  #sequence = 0;

  constructor(private readonly parts: LendingParts) {
    this.#registrations = new Registrations(parts);
  }

  get buffers(): readonly TransferBuffer[] {
    return this.#registrations.buffers;
  }

  get pending(): Iterable<PendingExport<TransferBuffer>> {
    return this.#pending.values();
  }

  /** Takes the memory over. */
  add(buffer: TransferBuffer, memory: PinnedMemory, adopted: boolean): void {
    this.#states.add(buffer);
    this.#registrations.hold(buffer, memory, adopted);
  }

  acquireAny(): TransferBuffer | undefined {
    return this.#states.acquireAny();
  }

  stateOf(buffer: TransferBuffer): BufferState | undefined {
    return this.#states.stateOf(buffer);
  }

  frameOf(buffer: TransferBuffer): { readonly frame: number; readonly age: number } {
    return this.#states.frameOf(buffer);
  }

  acquire(buffer: TransferBuffer): boolean {
    return this.#states.acquire(buffer) !== undefined;
  }

  cancel(buffer: TransferBuffer): void {
    this.#states.cancel(buffer);
  }

  export(buffer: TransferBuffer, { fence, privateData }: ExportOptions): Export {
    try {
      return this.#lend(buffer, checked(privateData), fence);
    } catch (error) {
      fence?.close();
      throw error;
    }
  }

  revoke(buffer: TransferBuffer): void {
    const id = this.#states.idOf(buffer);
    const held = this.#registrations.of(buffer);
    if (id === undefined || held === undefined) return;
    const wasSent = this.#pending.get(id)?.sentAt !== undefined;
    if (wasSent && held.adopted) buffer.close();
    else {
      const memory = wasSent ? this.parts.newMemory(buffer) : undefined; // may throw: nothing has changed then
      this.#takeBack(id, 'the producer revoked it');
      if (memory !== undefined) this.#replace(buffer, memory);
    }
  }

  remove(buffer: TransferBuffer): void {
    const id = this.#states.idOf(buffer);
    if (id !== undefined) this.#takeBack(id, 'the producer closed the buffer');
    this.#states.remove(buffer);
    this.#registrations.remove(buffer);
  }

  timesOf(buffer: TransferBuffer): PreparationTimes | undefined {
    const held = this.#registrations.of(buffer);
    return held && { ...held.memory.times, registerMs: held.registerMs };
  }

  /** A broker is there, who knows nothing yet. */
  begin(): void {
    this.#registrations.begin();
  }

  receive(message: FromBroker): void {
    switch (message.type) {
      case 'registered':
        if (this.#registrations.registered(message.buffer)) this.#advance();
        return;
      case 'refused':
        this.#refused(message);
        return;
      case 'released':
        if (this.#pending.get(message.id)?.sentAt !== undefined) this.#settle(message.id, { type: 'released' });
        return;
      case 'revoked':
        this.#settle(message.id, { type: 'revoked', reason: message.reason });
        return;
      case 'unregistered':
        this.#unshown(this.#registrations.unregistered(message.buffer));
    }
  }

  /** The broker is gone, and with it all that it knew. */
  hangUp(why: string): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id, { type: 'revoked', reason: why });
    this.#registrations.hangUp();
  }

  /** Resolves when the host has let go of all that was closed, or is gone. */
  untilNothingAwaited(): Promise<void> {
    return this.#registrations.untilNothingAwaited();
  }

  /** Frees what is parked still: nobody is left who could say that it may go. */
  freeAll(): void {
    this.#registrations.freeAll();
  }

  #lend(buffer: TransferBuffer, privateData: Uint8Array, fence: ExportOptions['fence']): Export {
    const number = this.#registrations.of(buffer)?.number ?? 0;
    const sequence = this.#sequence + 1;
    const id = this.#ids.next(number % numbersInIds, sequence);
    this.#states.lend(buffer, id);
    this.#sequence = sequence;
    const pending = new PendingExport(buffer, id, BigInt(sequence), privateData, fence);
    this.#pending.set(id, pending);
    pending.whenComplete(
      () => this.#advance(),
      (error) => this.#settle(id, { type: 'revoked', reason: `its fence failed: ${messageOf(error)}` }),
    );
    pending.keepPrivateData();
    return pending;
  }

  /**
   * Says all that is drawn, in the order of the exports: where the host does not know the pages of one yet, those behind it wait, too, or a
   * consumer would have an older picture after a newer one. One whose fence is pending is passed over: who draws on several
   * GPUs has several orders.
   */
  #advance(): void {
    for (const pending of this.#pending.values()) {
      if (!pending.isComplete || pending.sentAt !== undefined) continue;
      const known = this.#registrations.tell(pending.buffer);
      if (known === 'registering') return;
      if (known === 'registered') this.#say(pending);
      else this.#giveUp(pending, known === 'nobody' ? nobody : full);
    }
  }

  #say(pending: PendingExport<TransferBuffer>): void {
    const { id, buffer, sequence, privateData } = pending;
    const number = this.#registrations.of(buffer)?.number ?? 0;
    if (!this.parts.send({ type: 'export', id, buffer: number, sequence, privateData })) {
      this.#giveUp(pending, full);
      return;
    }
    pending.sent(performance.now());
    this.#registrations.exported(number);
    this.parts.onExported();
  }

  /** In a later turn: a program that exports again as soon as an export has ended shall not keep the event loop from all else. */
  #giveUp(pending: PendingExport<TransferBuffer>, reason: string): void {
    if (pending.isGivenUp) return;
    pending.isGivenUp = true;
    setImmediate(() => {
      if (pending.sentAt === undefined) this.#settle(pending.id, { type: 'revoked', reason });
    });
  }

  #refused({ what, buffer: number, reason }: MessageOf<'refused'>): void {
    if (what === kindOf('register')) this.#registrations.refused(number);
    else if (what !== kindOf('export')) return;
    const buffer = this.#registrations.bufferOf(number);
    const id = buffer && this.#states.idOf(buffer);
    if (id !== undefined) this.#settle(id, { type: 'revoked', reason: `the host refuses it: ${reason}` });
    this.#advance();
  }

  /** A host that no longer knows the pages cannot show them. */
  #unshown(buffer: TransferBuffer | undefined): void {
    const id = buffer && this.#states.idOf(buffer);
    if (id !== undefined && this.#pending.get(id)?.sentAt !== undefined)
      this.#settle(id, { type: 'revoked', reason: 'the host let go of its pages' });
  }

  /** By our own will: the host is told where it has heard of it. */
  #takeBack(id: string, reason: string): void {
    if (this.#pending.get(id)?.sentAt !== undefined) this.parts.send({ type: 'revoke', id });
    this.#settle(id, { type: 'revoked', reason });
    this.#advance();
  }

  #settle(id: string, ending: Ending): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#states.settle(pending.buffer);
    pending.settle(ending);
  }

  #replace(buffer: TransferBuffer, memory: PinnedMemory): void {
    const old = this.#registrations.of(buffer);
    this.#states.forgetContents(buffer);
    this.#registrations.hold(buffer, memory, false);
    buffer.replaceMemory(memory);
    if (old !== undefined) this.#registrations.retire(old);
  }
}

function checked(data: unknown): Uint8Array {
  if (data === undefined) return noData;
  if (data instanceof Uint8Array && data.length <= mostPrivateBytes) return data;
  throw new GuestheadError('ERR_USAGE', 'The private data of an export are no Uint8Array of at most 192 bytes');
}
