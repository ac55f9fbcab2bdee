/**
 * Who sets the pace of the flips, told from their times alone; and when to commit
 * and to draw. Sources: KERNEL.md, "Fences and flip timing": the vblank timer of
 * newer kernels, its absence on older ones, and the halved rate under a host that
 * paces by its own screen.
 */
import { hostPaceOf, type PacedFlip } from './host-pace.js';
import type { Flip } from './scanout.js';

/** `uneven`: flips come late without a rule. */
export type Pace = 'unknown' | 'timer-paced' | 'host-paced' | 'free-running' | 'halved' | 'uneven';

export interface Pacing {
  readonly kind: Pace;
  /** What to do about it, if anything. */
  readonly advice: string;
}

const advice: Record<Pace, string> = {
  unknown: 'too few flips to tell; run for a second or longer',
  'timer-paced': 'nothing to do: the vblank timer of the guest’s kernel sets the rate',
  'host-paced':
    'the host’s display sets the rate: choose a mode with the refresh rate of the host’s screen, or look for what slows its window',
  'free-running':
    'this kernel sends flip events without waiting for a vblank, so guesthead keeps the mode’s rate by its own clock; Linux 6.19 or later in the guest has a vblank timer',
  halved:
    'the host is in time, and yet only every second or later refresh cycle gets a flip: a known regression where the vblank timer meets a host that paces by its own screen; choose a mode of twice the rate, or another guest kernel',
  uneven:
    'flips come late without a rule, so that neither a timer nor the host’s screen sets the rate: look for what holds up the drawing, this guest or the host, such as a busy processor',
};

/** Flips looked at, and how many it takes to say anything. */
const windowSize = 64;
const enough = 16;
/** How near to a whole number of cycles counts as one, and how many flips make a rule. */
const tolerance = 0.12;
const most = 0.8;
/** An event this soon after the one before cannot have waited for a vblank. */
const tooFast = 0.75;

export class PaceObserver {
  /** Cycles from one flip to the next, of the last flips. */
  readonly #intervals = new Float64Array(windowSize);
  readonly #flips = new Float64Array(windowSize);
  #count = 0;
  #fast = 0;
  #last = 0;
  #freeRunning = false;

  constructor(private readonly periodMs: number) {}

  /** A flip that came late by our own doing says nothing about the display. */
  record({ timestampNs, flipMs, starved, drawnLate }: Flip): void {
    const interval = (timestampNs - this.#last) / 1e6 / this.periodMs;
    const first = this.#last === 0;
    this.#last = timestampNs;
    if (first || starved || drawnLate) return;
    this.#fast = interval < tooFast ? this.#fast + 1 : 0;
    if (this.#fast >= enough / 2) this.#freeRunning = true;
    this.#intervals[this.#count % windowSize] = interval;
    this.#flips[this.#count % windowSize] = flipMs / this.periodMs;
    this.#count++;
  }

  /** The time to the next flip says nothing: none was asked for. */
  interrupt(): void {
    this.#last = 0;
  }

  /** Flip events come without a vblank: the loop must keep the rate. Stays so once seen. */
  get freeRunning(): boolean {
    return this.#freeRunning;
  }

  pacing(): Pacing {
    const kind = this.#kind();
    return { kind, advice: advice[kind] };
  }

  #kind(): Pace {
    const seen = Math.min(this.#count, windowSize);
    if (this.#freeRunning) return 'free-running';
    if (seen < enough) return 'unknown';
    if (this.#share(seen, (cycles) => cycles === 1) >= most) return 'timer-paced';
    if (this.#share(seen, (cycles, i) => cycles >= 2 && this.#waitedFor(cycles, i)) >= most) return 'halved';
    return hostPaceOf(this.#inOrder(seen)) === undefined ? 'uneven' : 'host-paced';
  }

  /** The flips looked at, from the oldest on. */
  #inOrder(seen: number): PacedFlip[] {
    return Array.from({ length: seen }, (_, i) => {
      const at = (this.#count - seen + i) % windowSize;
      return { interval: this.#intervals[at] ?? 0, flip: this.#flips[at] ?? 0 };
    });
  }

  /** The commit was there in time and the flip came whole cycles later: not late drawing. */
  #waitedFor(cycles: number, index: number): boolean {
    return (this.#flips[index] ?? 0) > cycles - 1;
  }

  /** Of the flips that came a whole number of cycles after the one before, those that hold. */
  #share(seen: number, holds: (cycles: number, index: number) => boolean): number {
    let count = 0;
    for (let i = 0; i < seen; i++) {
      const interval = this.#intervals[i] ?? 0;
      const cycles = Math.round(interval);
      if (cycles >= 1 && Math.abs(interval - cycles) <= tolerance * cycles && holds(cycles, i)) count++;
    }
    return count / seen;
  }
}

/** Bounds of the reserve between the end of a late drawing and its vblank, as shares of a cycle. */
const leastReserve = 0.15;
const growth = 1.5;
const decay = 0.98;

/**
 * Late drawing: starts `draw` as late as what it took lately, and a reserve for
 * commit and flush, allow. The reserve grows by half with each flip that came a
 * cycle late and shrinks slowly while none does, as a congestion window does.
 */
export class Deadline {
  #drawMs = 0;
  #reserve = 0.4;

  constructor(private readonly periodMs: number) {}

  record({ missed, drawnLate }: Pick<Flip, 'missed' | 'drawnLate'>, drawMs: number): void {
    this.#drawMs = Math.max(drawMs, this.#drawMs * decay);
    this.#reserve =
      missed > 0 && !drawnLate ? Math.min(1, this.#reserve * growth) : Math.max(leastReserve, this.#reserve * decay);
  }

  /** ms from a flip to the start of the next drawing. */
  get delayMs(): number {
    return Math.max(0, this.periodMs * (1 - this.#reserve) - this.#drawMs);
  }
}

/** Keeps the mode's rate on a display without vblanks. */
export class OwnClock {
  #dueAt = 0;

  constructor(private readonly periodMs: number) {}

  /** Until the next commit is due, ms; 0 or less = now. */
  waitMs(now: number): number {
    return this.#dueAt - now;
  }

  /** What the timer of this commit lost the next makes up for, or the rate would suffer; but not a real delay. */
  committed(now: number): void {
    const late = now - this.#dueAt;
    this.#dueAt = now + this.periodMs - (late > 0 && late < this.periodMs / 4 ? late : 0);
  }
}
