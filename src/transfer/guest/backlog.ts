/** What the port has no room for yet: said in its order as soon as there is, and bounded. */

/** Bytes that may wait: more than all the page lists of a producer whose memory is not much fragmented. */
const most = 4 << 20;
/** Milliseconds; the addon cannot wait for room, which is there again within one of them unless the host is stuck. */
const shortestPause = 1;
const longestPause = 64;

export class Backlog {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #pause = shortestPause;

  /** `write` returns how many of the first `length` bytes it took; 0: it has no room. */
  constructor(private readonly write: (bytes: Buffer, length: number) => number) {}

  /** All of the first `length` bytes, now or later; false: too much waits already, and nothing of it will be said. What waits is copied. */
  send(bytes: Buffer, length: number): boolean {
    if (this.#bytes > 0) return this.#bytes + length <= most && this.#keep(bytes, length);
    const taken = this.#offer(bytes, length);
    if (taken < length) {
      this.#keep(bytes.subarray(taken), length - taken);
      this.#flush(); // a port takes a part of what is long, and the next part at once
    }
    return true;
  }

  /** Nobody hears it any more. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#pause = shortestPause;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #keep(bytes: Buffer, length: number): true {
    this.#waiting.push(Buffer.from(bytes.subarray(0, length)));
    this.#bytes += length;
    return true;
  }

  #later(): NodeJS.Timeout {
    const timer = setTimeout(() => this.#flush(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
    return timer;
  }

  #flush(): void {
    this.#timer = undefined;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const taken = this.#offer(first, first.length);
      if (taken === 0) {
        this.#timer = this.#later();
        return;
      }
      this.#drop(first, taken);
    }
  }

  /** A failure other than a full port is the reader's to find: it hears of it too, and ends all of this. */
  #offer(bytes: Buffer, length: number): number {
    let taken = length;
    try {
      taken = this.write(bytes, length);
    } catch {
      return length;
    }
    if (taken > 0) this.#pause = shortestPause;
    return taken;
  }

  #drop(first: Buffer, count: number): void {
    this.#bytes -= count;
    if (first.length > count) this.#waiting[0] = first.subarray(count);
    else this.#waiting.shift();
  }
}
