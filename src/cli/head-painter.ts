/** What draws one head's frames in a run. */
import type { Head } from '../head/index.js';
import type { Draw } from '../loop/index.js';
import type { DrawnBy } from '../report/index.js';

export interface HeadPainter {
  readonly draw: Draw;
  /** The flips are measured from now on. */
  reset(): void;
  /** Since then. */
  drawn(): DrawnBy;
  close(): void;
}

/** Who draws on all of a run's heads. */
export interface Painters {
  /** As the head is to be opened. */
  readonly source: 'cpu' | 'gpu';
  /** Ready to draw, with what has to be compiled. */
  readonly paint: (head: Head) => Promise<HeadPainter>;
}
