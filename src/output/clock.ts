/** Time as the kernel's flip events tell it: CLOCK_MONOTONIC, in milliseconds. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** performance.now() counts from the process's start; this is where that lies on CLOCK_MONOTONIC. */
const origin = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const monotonicClock: Clock = {
  now: () => origin + performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
