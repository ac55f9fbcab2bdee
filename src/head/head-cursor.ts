/** The hardware cursor of a head: opened when asked for, gone with the display, there again when asked again. */
import { GuestheadError } from '../errors.js';
import type { CrtcId } from '../ffi/index.js';
import { Cursor } from '../kms/index.js';
import type { OpenGpus } from '../gpus/index.js';

export class HeadCursor {
  #cursor: Cursor | undefined;

  constructor(
    private readonly hasToWait: () => boolean,
    private readonly report: (fault: GuestheadError) => void,
  ) {}

  /** Throws ERR_UNSUPPORTED where the display has none. */
  open({ native, display }: OpenGpus, crtc: CrtcId): Cursor {
    if (this.#cursor?.closed !== false)
      this.#cursor = Cursor.open({ native, display: display.node, crtc, hasToWait: this.hasToWait });
    return this.#cursor;
  }

  /** What waited while a flip was under way; a refusal is no reason to stop flipping. */
  apply(): void {
    this.#reporting((cursor) => {
      cursor.apply();
    });
  }

  /** The display is had again from others. */
  showAgain(): void {
    this.#reporting((cursor) => {
      cursor.showAgain();
    });
  }

  /** Idempotent. */
  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  #reporting(act: (cursor: Cursor) => void): void {
    try {
      if (this.#cursor !== undefined) act(this.#cursor);
    } catch (error) {
      if (error instanceof GuestheadError) this.report(error);
    }
  }
}
