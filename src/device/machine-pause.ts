/**
 * Notices that the whole machine stood still: paused by its host (QMP `stop`) or
 * suspended. CLOCK_MONOTONIC stands still with it and shows no gap; the real-time
 * clock, which the host keeps, goes on.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';

const rtc = '/sys/class/rtc/rtc0/since_epoch';
const lookEveryMs = 5000;
/** How far the two clocks' rates may lie apart between two looks before that counts as a pause. */
const slackSeconds = 0.1;

export interface PauseWatchOptions {
  /** The RTC's time in whole seconds; rejects where there is none. */
  readonly read?: () => Promise<number>;
  /** The same for the first look, which waits for it; throws. */
  readonly readNow?: () => number;
  /** CLOCK_MONOTONIC, in milliseconds. */
  readonly clock?: { now(): number };
  readonly everyMs?: number;
}

/** One look at the RTC, and the monotonic times between which it was read. */
interface Look {
  readonly rtcSeconds: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/**
 * Looks at the RTC now and every five seconds, on a timer that keeps no process
 * alive, and reports each pause once, in seconds (give or take one). As the RTC
 * counts whole seconds, a pause of more than 2.1 s is always reported, a shorter
 * one only where it happens to show in them. An RTC that is set forward looks
 * like a pause. Without an RTC, nothing is ever reported.
 */
export class PauseWatch {
  readonly #onPause: (seconds: number) => void;
  readonly #read: () => Promise<number>;
  readonly #clock: { now(): number };
  readonly #timer: NodeJS.Timeout;
  #last: Look | undefined;
  #looking = Promise.resolve();
  #closed = false;

  constructor(
    onPause: (seconds: number) => void,
    { read = readRtc, readNow = readRtcNow, clock = performance, everyMs = lookEveryMs }: PauseWatchOptions = {},
  ) {
    this.#onPause = onPause;
    this.#read = read;
    this.#clock = clock;
    this.#lookNow(readNow);
    this.#timer = setInterval(() => void this.check(), everyMs).unref();
  }

  /** Looks at once, after a look that is under way; a pause that it shows has been reported when it resolves. Never rejects. */
  check(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  /** Nothing is reported afterwards. Idempotent. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /**
   * Synchronous, for the program is still loading, which holds the event loop for seconds: the answer to an asynchronous read would be
   * heard as much later, and a pause of that length could not be told from it.
   */
  #lookNow(read: () => number): void {
    const beforeMs = this.#clock.now();
    try {
      this.#compare({ rtcSeconds: read(), beforeMs, afterMs: this.#clock.now() });
    } catch {
      // the looks that follow find none either, or may do better
    }
  }

  async #look(): Promise<void> {
    const beforeMs = this.#clock.now();
    const rtcSeconds = await this.#read().catch(() => Number.NaN);
    this.#compare({ rtcSeconds, beforeMs, afterMs: this.#clock.now() });
  }

  #compare(look: Look): void {
    if (this.#closed || !Number.isFinite(look.rtcSeconds)) return;
    const seconds = this.#last === undefined ? 0 : pauseBetween(this.#last, look);
    this.#last = look;
    if (seconds > 0) this.#onPause(seconds);
  }
}

/**
 * The pause, or 0 where all of the RTC's advance could be time that passed: what
 * remains of it after the longest time between the two reads and the second that
 * rounding down can add, is certain.
 */
function pauseBetween(first: Look, second: Look): number {
  const advance = second.rtcSeconds - first.rtcSeconds;
  const certain = advance - 1 - slackSeconds - (second.afterMs - first.beforeMs) / 1000;
  if (certain <= 0) return 0;
  const passedMs = (second.beforeMs + second.afterMs - first.beforeMs - first.afterMs) / 2;
  return Math.round(advance - passedMs / 1000);
}

function readRtcNow(): number {
  return Number.parseInt(fs.readFileSync(rtc, 'utf8'), 10);
}

/** node:fs/promises, which is not used elsewhere until a picture is written, takes a while to load. */
const readFile = promisify(fs.readFile);

async function readRtc(): Promise<number> {
  return Number.parseInt(await readFile(rtc, 'utf8'), 10);
}
