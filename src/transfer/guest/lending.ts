/**
 * What the producer and the broker do to each other's knowledge: buffers are registered, exported, released, taken back. Composes
 * the pure states of buffers and of pages; the port is only something that takes messages.
 */
import { GuestheadError, messageOf } from '../../errors.js';
import { quietly } from '../../owner.js';
import { ExportIds } from '../protocol/export-id.js';
import { kindOf, mostPrivateBytes, type MessageOf, type TransferMessage } from '../protocol/messages.js';
import { BufferStates, type BufferState } from './buffer-states.js';
import type { FromBroker } from './connection.js';
import { PendingExport, type Ending, type Export, type ExportOptions } from './export.js';
import { PageLedger } from './page-ledger.js';
import type { PinnedMemory } from './pinned-memory.js';
import type { BufferOwner, TransferBuffer } from './transfer-buffer.js';

export interface LendingParts {
  /** False: nobody hears, or the port is full. */
  readonly send: (message: TransferMessage) => boolean;
  readonly isConnected: () => boolean;
  /** As large as the buffer's. Throws ERR_ALLOCATION. */
  readonly newMemory: (buffer: TransferBuffer) => PinnedMemory;
  /** The host was told of an export. */
  readonly onExported: () => void;
}

interface Held {
  readonly memory: PinnedMemory;
  /** By which the host knows the pages. */
  readonly number: number;
  /** The pages are a caller's. */
  readonly adopted: boolean;
}

/** Of the 16 bits that a buffer's number has in an export's id; the sequence alone makes it unique. */
const numbersInIds = 0x1_0000;
const nobody = 'nobody has the host’s side of the port';

export class Lending implements BufferOwner {
  readonly #states = new BufferStates<TransferBuffer>();
  readonly #pages = new PageLedger<PinnedMemory>();
  readonly #held = new Map<TransferBuffer, Held>();
  readonly #byNumber = new Map<number, TransferBuffer>();
  /** In the order in which they were exported. */
  readonly #pending = new Map<string, PendingExport<TransferBuffer>>();
  readonly #ids = new ExportIds();
  #sequence = 0n;
  #onNothingAwaited: (() => void) | undefined;

  constructor(private readonly parts: LendingParts) {}

  get buffers(): readonly TransferBuffer[] {
    return [...this.#held.keys()];
  }

  get pending(): Iterable<PendingExport<TransferBuffer>> {
    return this.#pending.values();
  }

  /** Takes the memory over. */
  add(buffer: TransferBuffer, memory: PinnedMemory, adopted: boolean): void {
    this.#states.add(buffer);
    this.#hold(buffer, memory, adopted);
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

  export(buffer: TransferBuffer, { fence, privateData = new Uint8Array() }: ExportOptions): Export {
    try {
      checkPrivateData(privateData);
      return this.#lend(buffer, new Uint8Array(privateData), fence);
    } catch (error) {
      fence?.close();
      throw error;
    }
  }

  revoke(buffer: TransferBuffer): void {
    const id = this.#states.idOf(buffer);
    const held = this.#held.get(buffer);
    if (id === undefined || held === undefined) return;
    const wasSent = this.#pending.get(id)?.sentAt !== undefined;
    if (wasSent && held.adopted) buffer.close();
    else {
      const memory = wasSent ? this.parts.newMemory(buffer) : undefined; // may throw: nothing has changed then
      this.#takeBack(id, 'the producer revoked it');
      if (memory !== undefined) this.#replace(buffer, held, memory);
    }
  }

  remove(buffer: TransferBuffer): void {
    const held = this.#held.get(buffer);
    const id = this.#states.idOf(buffer);
    if (id !== undefined) this.#takeBack(id, 'the producer closed the buffer');
    this.#states.remove(buffer);
    this.#held.delete(buffer);
    if (held !== undefined) this.#retire(held);
  }

  /** A broker is there, who knows nothing yet. */
  begin(): void {
    for (const number of this.#pages.unknown()) this.#register(number);
  }

  receive(message: FromBroker): void {
    switch (message.type) {
      case 'registered':
        if (this.#pages.registered(message.buffer)) this.#advanceAll(message.buffer);
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
        this.#unregistered(message.buffer);
    }
  }

  /** The broker is gone, and with it all that it knew. */
  hangUp(why: string): void {
    for (const memory of this.#pages.hangUp()) free(memory);
    for (const id of [...this.#pending.keys()]) this.#settle(id, { type: 'revoked', reason: why });
    this.#tellNothingAwaited();
  }

  /** Resolves when the host has let go of all that was closed, or is gone. */
  untilNothingAwaited(): Promise<void> {
    return new Promise((resolve) => {
      this.#onNothingAwaited = resolve;
      this.#tellNothingAwaited();
    });
  }

  /** Frees what is parked still: nobody is left who could say that it may go. */
  freeAll(): void {
    for (const memory of this.#pages.drain()) free(memory);
  }

  #hold(buffer: TransferBuffer, memory: PinnedMemory, adopted: boolean): void {
    const number = this.#pages.add(memory);
    this.#held.set(buffer, { memory, number, adopted });
    this.#byNumber.set(number, buffer);
    this.#register(number);
  }

  #register(number: number): void {
    const buffer = this.#byNumber.get(number);
    const held = buffer && this.#held.get(buffer);
    if (buffer === undefined || held === undefined || !this.parts.isConnected()) return;
    if (!this.#pages.register(number)) return;
    const { memory } = held;
    const isSaid = this.parts.send({ type: 'register', buffer: number, ...buffer.layout, runs: memory.runs });
    if (!isSaid) this.#pages.refused(number); // the next export tries again
  }

  #lend(buffer: TransferBuffer, privateData: Uint8Array, fence: ExportOptions['fence']): Export {
    const number = this.#held.get(buffer)?.number ?? 0;
    const sequence = this.#sequence + 1n;
    const id = this.#ids.next(number % numbersInIds, sequence);
    this.#states.lend(buffer, id);
    this.#sequence = sequence;
    const pending = new PendingExport(buffer, id, sequence, privateData, fence);
    this.#pending.set(id, pending);
    pending.whenComplete(
      () => this.#advance(pending),
      (error) => this.#settle(id, { type: 'revoked', reason: `its fence failed: ${messageOf(error)}` }),
    );
    return pending;
  }

  /** Says it as soon as all is drawn and the host knows the pages. */
  #advance(pending: PendingExport<TransferBuffer>): void {
    const { id, buffer, sequence, privateData } = pending;
    const number = this.#held.get(buffer)?.number;
    if (number === undefined || !pending.isComplete || pending.sentAt !== undefined) return;
    this.#register(number);
    if (!this.parts.isConnected()) this.#giveUp(pending, nobody);
    else if (this.#pages.isRegistered(number))
      this.#say(pending, { type: 'export', id, buffer: number, sequence, privateData });
    else if (this.#pages.isUnknown(number)) this.#giveUp(pending, full);
  }

  #say(pending: PendingExport<TransferBuffer>, message: MessageOf<'export'>): void {
    if (!this.parts.send(message)) {
      this.#giveUp(pending, full);
      return;
    }
    pending.sentAt = performance.now();
    this.#pages.exported(message.buffer);
    this.parts.onExported();
  }

  /** In a later turn: a program that exports again as soon as an export has ended shall not keep the event loop from all else. */
  #giveUp(pending: PendingExport<TransferBuffer>, reason: string): void {
    setImmediate(() => {
      if (pending.sentAt === undefined) this.#settle(pending.id, { type: 'revoked', reason });
    });
  }

  #advanceAll(number: number): void {
    const buffer = this.#byNumber.get(number);
    const id = buffer && this.#states.idOf(buffer);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending !== undefined) this.#advance(pending);
  }

  #refused({ what, buffer: number, reason }: MessageOf<'refused'>): void {
    if (what === kindOf('register')) this.#pages.refused(number);
    else if (what !== kindOf('export')) return;
    const buffer = this.#byNumber.get(number);
    const id = buffer && this.#states.idOf(buffer);
    if (id !== undefined) this.#settle(id, { type: 'revoked', reason: `the host refuses it: ${reason}` });
  }

  #unregistered(number: number): void {
    const buffer = this.#byNumber.get(number);
    const memory = this.#pages.unregistered(number);
    if (memory !== undefined) free(memory);
    else if (buffer !== undefined) this.#revokedWith(buffer);
    this.#tellNothingAwaited();
  }

  /** A host that no longer knows the pages cannot show them. */
  #revokedWith(buffer: TransferBuffer): void {
    const id = this.#states.idOf(buffer);
    if (id !== undefined && this.#pending.get(id)?.sentAt !== undefined)
      this.#settle(id, { type: 'revoked', reason: 'the host let go of its pages' });
  }

  /** By our own will: the host is told where it has heard of it. */
  #takeBack(id: string, reason: string): void {
    if (this.#pending.get(id)?.sentAt !== undefined) this.parts.send({ type: 'revoke', id });
    this.#settle(id, { type: 'revoked', reason });
  }

  #settle(id: string, ending: Ending): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#states.settle(id);
    pending.settle(ending);
  }

  #replace(buffer: TransferBuffer, old: Held, memory: PinnedMemory): void {
    this.#states.forgetContents(buffer);
    this.#hold(buffer, memory, false);
    buffer.replaceMemory(memory);
    this.#retire(old);
  }

  #retire({ number, memory }: Held): void {
    this.#byNumber.delete(number);
    memory.unmap();
    const { tell, gone } = this.#pages.retire(number);
    if (gone !== undefined) free(gone);
    if (tell) this.parts.send({ type: 'unregister', buffer: number });
  }

  #tellNothingAwaited(): void {
    if (this.#pages.awaited > 0) return;
    this.#onNothingAwaited?.();
    this.#onNothingAwaited = undefined;
  }
}

const full = 'the port is full: the host does not read it';

/** A failure to close says nothing that anybody could act on. */
function free(memory: PinnedMemory): void {
  quietly(() => memory.close());
}

function checkPrivateData(data: unknown): void {
  if (data instanceof Uint8Array && data.length <= mostPrivateBytes) return;
  throw new GuestheadError('ERR_USAGE', 'The private data of an export are no Uint8Array of at most 192 bytes');
}
