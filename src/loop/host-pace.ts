/**
 * Whether the host's screen sets the pace, told from the flips' times alone.
 *
 * A host that shows each picture at a refresh of its own holds the flush fence until then, and the guest's
 * vblank timer rounds that up to a cycle of the mode. At 60 Hz and 75 Hz:
 *
 *     host's refreshes   |       |       |       |       |
 *     mode's cycles      |     |     |     |     |     |     |
 *     flips              x     x     x     x           x     x      1, 1, 1, 2, … cycles apart
 *
 * So each late flip was waited for, not committed late, and the late ones are spread evenly: after n flips as many
 * cycles have gone by as n of the host's refreshes take, give or take one. Flips that come late by chance
 * stray from that by the square root of their number, which a long enough window tells apart.
 */

export interface HostPace {
  /** Flips a second while the host drops no frame of its own. */
  readonly hz: number;
  /** The share of the flips that came late even by that pace. */
  readonly lateShare: number;
}

/** One flip, in cycles of the mode. */
export interface PacedFlip {
  /** From the flip before. */
  readonly interval: number;
  /** From the commit. */
  readonly flip: number;
}

/** So many flips say anything at all. */
const fewest = 48;
/** The mode keeps its rate, or a whole fraction of it, up to this. */
const nearlyWhole = 0.012;
/** Of the late flips, those that must have been committed in time. */
const mostWaited = 0.9;
/** Cycles that an evenly spread sequence strays by: one by the rounding, and what the host's times vary by. */
const straysBy = 1.75;
/** The variance, in cycles², that chance would bring about in a window: strays of less than `straysBy` come once in a thousand then. */
const tellingVariance = 8;
const shortestWindow = 32;

/** In the order of the flips; undefined where the host does not set the pace, or too few were seen to tell. */
export function hostPaceOf(flips: readonly PacedFlip[]): HostPace | undefined {
  if (flips.length < fewest || !wereWaitedFor(flips)) return undefined;
  const usual = trimmedMean(flips);
  const longest = Math.max(Math.ceil(usual), 2 * usual - 1) + 0.5; // above, the host has dropped a frame
  const regular = flips.map(({ interval }) => interval).filter((interval) => interval <= longest);
  const cycles = mean(regular);
  const fraction = cycles - Math.floor(cycles);
  if (Math.min(fraction, 1 - fraction) < nearlyWhole || cycles < 1) return undefined;
  const length = Math.max(shortestWindow, Math.ceil(tellingVariance / (fraction * (1 - fraction))));
  if (medianStray(regular, length) > straysBy) return undefined;
  return { hz: 1 / cycles, lateShare: 1 - regular.length / flips.length };
}

/** A flip that was committed within a cycle of the one before could have come with the next: it was the host that was not done. */
function wereWaitedFor(flips: readonly PacedFlip[]): boolean {
  const late = flips.filter(({ interval }) => interval > 1 + nearlyWhole * 10);
  const waited = late.filter(({ interval, flip }) => interval - flip < 1);
  return late.length > 0 && waited.length >= late.length * mostWaited;
}

/** Without the longest fiftieth: frames that the host dropped. */
function trimmedMean(flips: readonly PacedFlip[]): number {
  const sorted = flips.map(({ interval }) => interval).sort((a, b) => a - b);
  return mean(sorted.slice(0, Math.ceil(sorted.length * 0.98)));
}

/** Infinity where there is no whole window. */
function medianStray(intervals: readonly number[], length: number): number {
  const strays: number[] = [];
  for (let at = 0; at + length <= intervals.length; at += length)
    strays.push(strayOf(intervals.slice(at, at + length)));
  strays.sort((a, b) => a - b);
  return strays[Math.floor(strays.length / 2)] ?? Infinity;
}

/** How far the flips' times leave a straight line, at most up plus at most down. */
function strayOf(intervals: readonly number[]): number {
  const slope = mean(intervals);
  let [sum, least, most] = [0, 0, 0];
  for (const interval of intervals) {
    sum += interval - slope;
    least = Math.min(least, sum);
    most = Math.max(most, sum);
  }
  return most - least;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
