/** Where received pictures go. */
import type { SinkFrame } from './frame.js';

/** `Facts` is what there is to say at the end, for `--json`. */
export interface Sink<Facts extends object = object> {
  /**
   * Takes one picture. It has been read when this returns; the promise, where there is one, says when the next may
   * come, so that a slow reader holds up who shows the pictures. Throws ERR_UNSUPPORTED for a format it cannot read.
   */
  write(frame: SinkFrame): void | Promise<void>;
  /** Writes what is left. Once, after the last `write`. */
  end(): Promise<Facts>;
}
