/** What the port has no room for yet: said in its order as soon as there is, and bounded. */
import { isAgain } from './is-again.js';

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

  /** `write` returns how much it took, which may be less than it was given, and throws EAGAIN for nothing. */
  constructor(private readonly write: (bytes: Buffer) => number) {}

  /** All of it, now or later; false: too much waits already, and nothing of it will be said. */
  send(bytes: Buffer): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes.length > most) return false;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#timer === undefined) this.#flush();
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

  #flush(): void {
    this.#timer = undefined;
    while (this.#waiting[0] !== undefined) {
      const taken = this.#offer(this.#waiting[0]);
      if (taken === 0) {
        this.#timer = setTimeout(() => this.#flush(), this.#pause);
        this.#pause = Math.min(this.#pause * 2, longestPause);
        return;
      }
      this.#pause = shortestPause;
      this.#drop(taken);
    }
  }

  /** A failure other than a full port is the reader's to find: it hears of it too, and ends all of this. */
  #offer(bytes: Buffer): number {
    try {
      return this.write(bytes);
    } catch (error) {
      return isAgain(error) ? 0 : bytes.length;
    }
  }

  #drop(count: number): void {
    this.#bytes -= count;
    const [first] = this.#waiting;
    if (first !== undefined && first.length > count) this.#waiting[0] = first.subarray(count);
    else this.#waiting.shift();
  }
}
