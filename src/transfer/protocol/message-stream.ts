/** Messages out of a stream of bytes, which may cut them anywhere. */
import { Bytes, malformed } from './fields.js';
import { decode, headerBytes, mostMessageBytes, read, type TransferMessage } from './messages.js';

export class MessageStream {
  /** What is read now, made anew only for other bytes than before; the next message begins at `#at`. */
  #from = new Bytes(Buffer.alloc(0));
  #at = 0;
  #end = 0;
  /** Of a message that has begun: its bytes, in pieces, and how many it is to have; 0: not known yet. */
  #part: Buffer[] = [];
  #have = 0;
  #wanted = 0;

  /** The first `length` bytes are read by `next`, and have to stay as they are until that has returned undefined. */
  push(bytes: Buffer, length = bytes.length): void {
    if (this.#from.bytes !== bytes) this.#from = new Bytes(bytes);
    this.#at = 0;
    this.#end = length;
  }

  /**
   * The next message that is whole; undefined: none is, and what there is of one is copied. No generator: resuming one costs as much as
   * reading the message. Throws ERR_PROTOCOL for a message that cannot be read: the stream is of no use after that.
   */
  next(): TransferMessage | undefined {
    if (this.#have > 0) {
      const whole = this.#completePart();
      return whole && decode(whole);
    }
    const start = this.#at;
    if (this.#passOver()) return read(this.#from, start, this.#at);
    this.#keep(this.#end - start);
    return undefined;
  }

  /** A message has begun and is not whole. */
  get holdsPart(): boolean {
    return this.#have > 0;
  }

  /** The bytes that are no whole message yet; the stream is empty after that. */
  takeRest(): Buffer {
    this.#keep(this.#end - this.#at);
    return this.#takePart();
  }

  /** Goes to the end of the next message; false where it is not whole. */
  #passOver(): boolean {
    const left = this.#end - this.#at;
    if (left < headerBytes) return false;
    const length = checked(this.#from.view.getUint32(this.#at, true));
    if (left < length) return false;
    this.#at += length;
    return true;
  }

  /** The message that had begun, where it is whole by now. */
  #completePart(): Buffer | undefined {
    if (!this.#growTo(headerBytes)) return undefined;
    if (this.#wanted === 0) this.#wanted = checked(Buffer.concat(this.#part).readUInt32LE(0));
    return this.#growTo(this.#wanted) ? this.#takePart() : undefined;
  }

  #growTo(count: number): boolean {
    this.#keep(Math.min(count - this.#have, this.#end - this.#at));
    return this.#have >= count;
  }

  #keep(count: number): void {
    if (count <= 0) return;
    this.#part.push(Buffer.from(this.#from.bytes.subarray(this.#at, this.#at + count)));
    this.#at += count;
    this.#have += count;
  }

  #takePart(): Buffer {
    const part = Buffer.concat(this.#part);
    this.#part = [];
    this.#have = this.#wanted = 0;
    return part;
  }
}

function checked(length: number): number {
  if (length < headerBytes || length > mostMessageBytes) throw malformed(`its length is ${length} bytes`);
  return length;
}
