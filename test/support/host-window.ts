/** The host's window of the lab's first head, and what a flipping process is to make of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab, Size } from '../../src/lab/index.js';
import type { Flipper } from './flipper.js';
import type { Random } from './random.js';

const patienceMs = 4000;
const attempts = 10;
const betweenMs = 250;
const other: Size = { width: 720, height: 480 };

/**
 * Multiples of 8, which every timing formula leaves as they are. Of fewer than 200 lines QEMU's
 * EDID has no vertical sync, so that the kernel drops the mode. Small, as only their number matters.
 */
export function randomSize(random: Random): Size {
  return { width: 8 * random.whole(8, 160), height: 8 * random.whole(25, 90) };
}

export class HostWindow {
  /** Undefined = closed. */
  #size: Size | undefined;

  constructor(private readonly lab: Lab) {}

  /** Returns once QEMU knows. */
  async set(size: Size | undefined): Promise<void> {
    this.#size = size;
    await (size === undefined ? this.lab.unplug(0) : this.lab.resize(0, size));
  }

  /**
   * Resolves when the guest has come to the same: it flips in this size, or not at all. The
   * kernel loses a change that comes while it looks at the one before: virtio-gpu's worker clears
   * the event after having asked for the state (seen on 7.2, without any process of ours, in one
   * of three pairs of changes less than 10 ms apart). So the host makes the change once more.
   */
  async settled(flipper: Flipper, flips = 3): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        await this.#seenBy(flipper, flips);
        return;
      } catch (error) {
        const { ended } = await flipper.status();
        if (ended !== null || attempt === attempts) throw error;
        await this.#again();
      }
  }

  async #seenBy(flipper: Flipper, flips: number): Promise<void> {
    if (this.#size === undefined) await flipper.until('a closed head', ({ size }) => size === 'none', patienceMs);
    else await flipper.flipsOn(`${this.#size.width}x${this.#size.height}`, flips, patienceMs);
  }

  async #again(): Promise<void> {
    const size = this.#size;
    await this.set(size === undefined ? other : undefined);
    await sleep(betweenMs);
    await this.set(size);
  }
}
