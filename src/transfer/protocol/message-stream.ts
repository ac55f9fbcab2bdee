/** Messages out of a stream of bytes, which may cut them anywhere. */
import { malformed } from './fields.js';
import { decode, headerBytes, mostMessageBytes, type TransferMessage } from './messages.js';

export class MessageStream {
  #pending: Buffer[] = [];
  #have = 0;

  /**
   * The messages that `bytes` complete; the bytes are kept until then, so that they have to stay as they are. Throws
   * ERR_PROTOCOL for a message that cannot be read: the stream is of no use after that.
   */
  *push(bytes: Buffer): Generator<TransferMessage, void> {
    this.#pending.push(bytes);
    this.#have += bytes.length;
    for (let whole = this.#next(); whole !== undefined; whole = this.#next()) yield decode(whole);
  }

  /** A message has begun and is not whole. */
  get holdsPart(): boolean {
    return this.#have > 0;
  }

  /** The bytes that are no whole message yet; the stream is empty after that. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#have = 0;
    return rest;
  }

  #next(): Buffer | undefined {
    if (this.#have < headerBytes) return undefined;
    const length = this.#front(headerBytes).readUInt32LE(0);
    if (length < headerBytes || length > mostMessageBytes) throw malformed(`its length is ${length} bytes`);
    if (this.#have < length) return undefined;
    const whole = this.#front(length);
    const [first, ...rest] = this.#pending as [Buffer, ...Buffer[]];
    this.#pending = first.length > length ? [first.subarray(length), ...rest] : rest;
    this.#have -= length;
    return whole.subarray(0, length);
  }

  /** The first pieces joined until they have `count` bytes, so that each byte is copied once a message. */
  #front(count: number): Buffer {
    let pieces = 0;
    for (let have = 0; have < count; pieces++) have += this.#pending[pieces]?.length ?? count;
    if (pieces > 1) this.#pending.splice(0, pieces, Buffer.concat(this.#pending.slice(0, pieces)));
    return this.#pending[0] ?? Buffer.alloc(0);
  }
}
