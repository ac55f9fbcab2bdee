// The global of that name is a getter, which took longer than to read the time does.
import { performance } from 'node:perf_hooks';

/** Time as the kernel's flip events tell it: CLOCK_MONOTONIC, in milliseconds. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`, 0 = once this turn's events have been handled; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** performance.now() counts from the process's start; this is where that lies on CLOCK_MONOTONIC. */
const origin = clockOrigin();

export const monotonicClock: Clock = {
  now: () => origin + performance.now(),
  after: (ms, callback) => (ms <= 0 ? soon(callback) : later(ms, callback)),
};

const settled = Promise.resolve();

/** As a promise job: the addon lets them run when it has told all heads, or has read all clients, in this turn. (Less is made for it than for `queueMicrotask`.) */
export function afterThisTurn(callback: () => void): void {
  void settled.then(callback);
}

function soon(callback: () => void): () => void {
  const immediate = setImmediate(callback);
  return () => {
    clearImmediate(immediate);
  };
}

function later(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => {
    clearTimeout(timer);
  };
}

/**
 * Of several readings the one that the least time went by in: the first use of `performance`
 * loads it, and the scheduler may come in between, by tens of milliseconds on a busy machine.
 */
export function clockOrigin(
  fine: () => number = () => performance.now(),
  monotonicMs: () => number = () => Number(process.hrtime.bigint()) / 1e6,
): number {
  let best = { took: Infinity, origin: 0 };
  for (let reading = 0; reading < 8; reading++) {
    const before = fine();
    const at = monotonicMs();
    const after = fine();
    if (after - before < best.took) best = { took: after - before, origin: at - (before + after) / 2 };
  }
  return best.origin;
}
