/** Time as the kernel's flip events tell it: CLOCK_MONOTONIC, in milliseconds. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`, 0 = once this turn's events have been handled; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** performance.now() counts from the process's start; this is where that lies on CLOCK_MONOTONIC. */
const origin = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const monotonicClock: Clock = {
  now: () => origin + performance.now(),
  after: (ms, callback) => (ms <= 0 ? soon(callback) : later(ms, callback)),
};

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
