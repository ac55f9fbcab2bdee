/** The guest's end of the transfer, as a program holds it: buffers that it lends to the host's consumers. */
import { BehaviorSubject, Subject, filter, firstValueFrom, type Observable } from 'rxjs';
import { assertGiven, isDescriptor } from '../../arguments.js';
import { GuestheadError } from '../../errors.js';
import type { MessageOf } from '../protocol/messages.js';
import { Connection, type FromBroker } from './connection.js';
import { LateReleases } from './late-releases.js';
import { Lending } from './lending.js';
import { layoutOf, type PictureOptions } from './picture.js';
import { PinnedMemory, type MemoryCalls } from './pinned-memory.js';
import type { PortCalls } from './port-calls.js';
import { TransferBuffer } from './transfer-buffer.js';

/** Who has the host's side of the port. */
export type ProducerState =
  /** Nobody, or who has not answered yet; `why` is a sentence's end. */
  | { readonly type: 'waiting'; readonly why: string }
  /** A broker, who takes at most so many buffers and bytes of them. */
  | { readonly type: 'connected'; readonly version: number; readonly mostBuffers: number; readonly mostBytes: bigint }
  /** Somebody whose version or protocol is another one; it goes on when that changes. */
  | { readonly type: 'refused'; readonly error: GuestheadError }
  | { readonly type: 'closed' };

export interface LateRelease {
  readonly id: string;
  readonly buffer: TransferBuffer;
  /** Milliseconds since the host heard of the export. */
  readonly forMs: number;
}

/** A caller's memory. */
export interface AdoptedMemory extends PictureOptions {
  /** The memfd below the caller's udmabuf, sealed with F_SEAL_SHRINK; stays the caller's. */
  readonly memory: number;
}

export interface ProducerParts {
  /** Where the port is, by now. */
  readonly find: () => string;
  /** Who the broker says that we are. */
  readonly name: string;
  readonly releaseTimeoutMs: number;
  readonly memory: MemoryCalls;
  readonly port?: PortCalls | undefined;
}

/** Milliseconds that `close` waits for the host. */
const closingMs = 1000;

export class Producer {
  readonly #state = new BehaviorSubject<ProducerState>({ type: 'waiting', why: 'the port was opened just now' });
  readonly #late = new Subject<LateRelease>();
  readonly #lending: Lending;
  readonly #lateness: LateReleases<TransferBuffer>;
  readonly #connection: Connection;
  #closing: Promise<void> | undefined;

  /** @internal Use `openProducer`. Opens the port, and throws as that does. */
  constructor(private readonly parts: ProducerParts) {
    this.#connection = this.#connect();
    this.#lending = new Lending({
      send: (message) => this.#connection.send(message),
      isConnected: () => this.#connection.isOpen,
      newMemory: ({ layout }) => PinnedMemory.allocate(Number(layout.size), parts.memory),
      onExported: () => this.#lateness.watch(),
    });
    this.#lateness = new LateReleases(
      parts.releaseTimeoutMs,
      () => this.#lending.pending,
      ({ id, buffer }, forMs) => this.#late.next({ id, buffer, forMs }),
    );
  }

  /** The present state, then each that follows; completes with `close`. */
  get state$(): Observable<ProducerState> {
    return this.#state;
  }

  get state(): ProducerState {
    return this.#state.value;
  }

  /** Exports that no consumer has released within `releaseTimeoutMs`, each once; the program may `revoke` the buffer. */
  get lateReleases$(): Observable<LateRelease> {
    return this.#late;
  }

  /** Those that are not closed. */
  get buffers(): readonly TransferBuffer[] {
    return this.#lending.buffers;
  }

  /**
   * A linear picture in new memory, black, whose pages are pinned and named. Throws ERR_USAGE, ERR_ALLOCATION without
   * /dev/udmabuf, ERR_PERMISSION where the pages may not be named, ERR_CLOSED.
   */
  allocate(options: PictureOptions): TransferBuffer {
    const layout = this.#layoutOf(options);
    const memory = PinnedMemory.allocate(Number(layout.size), this.parts.memory);
    return this.#add(new TransferBuffer(this.#lending, layout, memory), memory, false);
  }

  /**
   * The same of a memfd that the caller brings, whose pages its own udmabufs share; the picture begins at its first byte.
   * Throws ERR_USAGE too where the memfd is unfit.
   */
  adopt(adopted: AdoptedMemory): TransferBuffer {
    const layout = this.#layoutOf(adopted);
    assertGiven(isDescriptor(adopted.memory), adopted.memory, 'descriptor of a memfd');
    const memory = PinnedMemory.adopt(adopted.memory, Number(layout.size), this.parts.memory);
    return this.#add(new TransferBuffer(this.#lending, layout, memory), memory, true);
  }

  /** The buffer that is free and was drawn into longest ago, to be drawn into; undefined: none is free. Throws ERR_CLOSED. */
  acquire(): TransferBuffer | undefined {
    this.#throwIfClosed();
    return this.#lending.acquireAny();
  }

  /** Resolves once a broker is connected; rejects with ERR_UNSUPPORTED or ERR_PROTOCOL where one refuses, ERR_CLOSED where this is closed before. */
  async connected(): Promise<void> {
    const settled = filter(({ type }: ProducerState) => type !== 'waiting');
    const state = await firstValueFrom(this.#state.pipe(settled), { defaultValue: { type: 'closed' } as const });
    if (state.type === 'refused') throw state.error;
    if (state.type === 'closed') throw new GuestheadError('ERR_CLOSED', 'The producer is closed');
  }

  /**
   * Closes the buffers, waits at most a second until the host has let go of them, closes the port and then frees what is left.
   * Never rejects. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #connect(): Connection {
    const { find, name, port } = this.parts;
    const handlers = {
      connected: ({ version, mostBuffers, mostBytes }: MessageOf<'welcome'>) => {
        this.#lending.begin();
        this.#state.next({ type: 'connected', version, mostBuffers, mostBytes });
      },
      received: (message: FromBroker) => this.#lending.receive(message),
      refused: (error: GuestheadError) => this.#state.next({ type: 'refused', error }),
      ended: (why: string) => {
        this.#lending.hangUp(why);
        if (this.#state.value.type === 'connected') this.#state.next({ type: 'waiting', why });
      },
    };
    return new Connection(find, name, handlers, port);
  }

  #layoutOf(options: PictureOptions): ReturnType<typeof layoutOf> {
    this.#throwIfClosed();
    return layoutOf(options);
  }

  #add(buffer: TransferBuffer, memory: PinnedMemory, adopted: boolean): TransferBuffer {
    this.#lending.add(buffer, memory, adopted);
    return buffer;
  }

  async #close(): Promise<void> {
    this.#lateness.stop();
    for (const buffer of this.buffers) buffer.close();
    let timer: NodeJS.Timeout | undefined;
    const longEnough = new Promise<void>((resolve) => (timer = setTimeout(resolve, closingMs)));
    await Promise.race([this.#lending.untilNothingAwaited(), longEnough]);
    clearTimeout(timer);
    this.#connection.close(); // before the pages go: the host hears of that first
    this.#lending.freeAll();
    this.#state.next({ type: 'closed' });
    this.#state.complete();
    this.#late.complete();
  }

  #throwIfClosed(): void {
    if (this.#closing !== undefined) throw new GuestheadError('ERR_CLOSED', 'The producer is closed');
  }
}
