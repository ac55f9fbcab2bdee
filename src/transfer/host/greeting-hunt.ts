/** Finds the next producer's greeting behind what the last one left half said. */
import { magic, kindOf } from '../protocol/messages.js';

const mark = Buffer.alloc(8);
mark.writeUInt16LE(kindOf('hello'), 0);
mark.writeUInt32LE(magic, 4);
/** The length of the message stands before the mark. */
const lengthBytes = 4;

export class GreetingHunt {
  #rest: Buffer = Buffer.alloc(0);

  /** The bytes from the greeting's first on, of which more may follow; undefined while there is none. */
  push(bytes: Buffer): Buffer | undefined {
    const all = Buffer.concat([this.#rest, bytes]);
    const at = all.indexOf(mark, lengthBytes);
    if (at >= 0) return all.subarray(at - lengthBytes);
    // What is kept may be the beginning of a greeting.
    this.#rest = Buffer.from(all.subarray(Math.max(0, all.length - lengthBytes - mark.length + 1)));
    return undefined;
  }
}
