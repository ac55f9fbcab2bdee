/** The way to the guest: QEMU's socket of the port, connected to again whenever it is lost. */
import type { Duplex } from 'node:stream';
import { messageOf } from '../../errors.js';

export interface PortHandlers {
  received(bytes: Buffer): void;
  /** Nothing said before holds any longer. `why` is a sentence's end. */
  down(why: string): void;
}

/** Milliseconds: the guest's end is to notice that this one was away, and QEMU to come back. */
const pauseMs = 300;

export class PortLink {
  #stream: Duplex | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Connects at once. `connect` gives a stream that may not be connected yet; undefined: there will be no other. */
  constructor(
    private readonly connect: () => Duplex | undefined,
    private readonly handlers: PortHandlers,
    private readonly unreadBytes: number,
  ) {
    this.#open();
  }

  /** Says nothing where nobody hears; a guest that leaves too much unread loses the connection. */
  send(bytes: Buffer): void {
    const stream = this.#stream;
    if (stream?.writable !== true) return;
    if (stream.writableLength + bytes.length > this.unreadBytes) {
      queueMicrotask(() => this.drop('the guest does not read what it is told'));
      return;
    }
    stream.write(bytes);
  }

  /** Ends the connection after `farewell`, and makes another after a pause. */
  drop(why: string, farewell?: Buffer): void {
    const stream = this.#forget();
    if (stream === undefined) return;
    if (farewell !== undefined && stream.writable) stream.end(farewell, () => stream.destroy());
    else stream.destroy();
    setTimeout(() => stream.destroy(), pauseMs).unref(); // a guest that does not read shall not keep it
    this.handlers.down(why);
  }

  /** Calls no handler. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#forget()?.destroy();
    clearTimeout(this.#timer);
  }

  #open(): void {
    const stream = this.connect();
    this.#stream = stream;
    let failure = 'QEMU closed it';
    stream
      ?.on('data', (bytes: Buffer) => {
        if (this.#stream === stream) this.handlers.received(bytes);
      })
      .on('error', (error) => (failure = messageOf(error)))
      .on('close', () => {
        if (this.#stream !== stream) return;
        this.#forget();
        this.handlers.down(`the connection to the port has ended: ${failure}`);
      });
  }

  #forget(): Duplex | undefined {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!this.#closed && stream !== undefined) this.#timer = setTimeout(() => this.#open(), pauseMs);
    return stream;
  }
}
