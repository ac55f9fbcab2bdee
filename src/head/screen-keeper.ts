/** What the CRTC shows beside our frames: nothing where the program wants that, and in the end what was there before. */
import { quietly } from '../owner.js';
import type { Claim } from './claim.js';
import { guardExit } from './exit-guard.js';
import type { StateTracker } from './head-state.js';
import type { RunHolder } from './run-holder.js';

export class ScreenKeeper {
  readonly #removeGuard: () => void;

  /** `onExit`: the process ends; what is on the screen beside the frames goes first. */
  constructor(
    private readonly claim: () => Claim,
    private readonly runs: RunHolder,
    private readonly state: StateTracker,
    onExit: () => void,
  ) {
    this.#removeGuard = guardExit(() => {
      onExit();
      this.restore();
    });
  }

  /** The program turns it off, now or when the display `isOurs` again. Throws ERR_COMMIT; it is on then, but shows nothing new. */
  off(isOurs: boolean): void {
    this.state.set('off', true);
    if (!isOurs) return;
    try {
      this.#turnOff();
    } catch (error) {
      this.state.set('off', false);
      throw error;
    }
  }

  /** The display is had again: whether it is to stay off, and is so now. Throws ERR_COMMIT. */
  staysOff(): boolean {
    if (this.state.has('off')) this.#turnOff();
    return this.state.has('off');
  }

  /** What was there before us. A lost device has nothing to be given back. */
  readonly restore = (): void => {
    quietly(() => {
      this.claim().modeset.restore();
    });
  };

  /** Idempotent. */
  close(): void {
    this.#removeGuard();
    this.restore();
  }

  #turnOff(): void {
    const { modeset } = this.claim();
    const off = () => {
      modeset.off();
    };
    const { run } = this.runs;
    if (run === undefined) off();
    else run.blank('off', off);
  }
}
