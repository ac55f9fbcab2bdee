/** The frames that a program has acquired and neither presented nor cancelled yet, of whatever mode. */
import type { ScanoutBuffer, Slot, Swapchain } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { SlotFrame, type Frame } from '../loop/index.js';

interface Acquired {
  readonly slot: Slot<ScanoutBuffer>;
  readonly chain: Pick<Swapchain<ScanoutBuffer>, 'cancel'>;
  /** It belongs to a mode that has passed: its buffer comes back when the program is done with it. */
  stale: boolean;
}

export class AcquiredFrames {
  readonly #frames = new Map<Frame, Acquired>();

  add(slot: Slot<ScanoutBuffer>, chain: Acquired['chain']): Frame {
    const frame = new SlotFrame(slot);
    frame.begin();
    this.#frames.set(frame, { slot, chain, stale: false });
    return frame;
  }

  /** Aborts the signals of all of them: none can be shown any more. */
  giveUp(): void {
    for (const [frame, acquired] of this.#frames) {
      acquired.stale = true;
      if (frame instanceof SlotFrame) frame.giveUp();
    }
  }

  /** Ends the drawing of one: its slot, or undefined where it cannot be shown any more. Throws ERR_USAGE for one that is not acquired. */
  take(frame: Frame): Slot<ScanoutBuffer> | undefined {
    const acquired = this.#frames.get(frame);
    if (acquired === undefined)
      throw new GuestheadError('ERR_USAGE', 'This frame is not acquired', {
        advice: 'present or cancel what acquire() returned, and each frame once',
      });
    if (acquired.stale) {
      this.cancel(frame);
      return undefined;
    }
    this.#frames.delete(frame);
    return acquired.slot;
  }

  /** Gives its buffer back; of a frame that is not acquired nothing. */
  cancel(frame: Frame): void {
    const acquired = this.#frames.get(frame);
    if (acquired === undefined) return;
    this.#frames.delete(frame);
    const { slot, chain } = acquired;
    endQuietly(slot.buffer);
    if (slot.state === 'drawing') chain.cancel(slot.index);
  }
}

/** Its pixels are of no frame any more. */
function endQuietly(buffer: ScanoutBuffer): void {
  try {
    buffer.endDraw();
  } catch {
    // see above
  }
}
