/** The hardware cursor of a head: opened when asked for, gone with the display, there again when asked again. */
import { GuestheadError } from '../errors.js';
import type { CrtcId } from '../ffi/index.js';
import { Cursor } from '../kms/index.js';
import type { OpenGpus } from '../gpus/index.js';

export class HeadCursor {
  #cursor: Cursor | undefined;

  constructor(
    private readonly isFlipPending: () => boolean,
    private readonly report: (fault: GuestheadError) => void,
  ) {}

  /** Throws ERR_UNSUPPORTED where the display has none. */
  open({ native, display }: OpenGpus, crtc: CrtcId): Cursor {
    this.#cursor ??= Cursor.open({ native, display: display.node, crtc, isFlipPending: this.isFlipPending });
    return this.#cursor;
  }

  /** What waited while a flip was under way; a refusal is no reason to stop flipping. */
  apply(): void {
    try {
      this.#cursor?.apply();
    } catch (error) {
      if (error instanceof GuestheadError) this.report(error);
    }
  }

  /** Idempotent. */
  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }
}
