/** Letting the event loop do its work. */
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

/** Polls until `condition` holds; fails loudly instead of hanging. */
export async function until(condition: () => boolean, what = 'the expected event'): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    if (condition()) return;
    await delay(turn < 100 ? 0 : 5);
  }
  throw new Error(`${what} did not come`);
}

/** Enough turns for whatever is ready to be reported. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await immediate();
    await delay(1);
  }
}

/** Collects garbage until `condition` holds; needs --expose-gc. */
export async function collectUntil(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !condition(); turn++) {
    await turns(1); // What the condition looked at through a WeakRef lives until its job ends.
    (globalThis as { gc?: () => void }).gc?.();
    await turns(1);
  }
}
