/** What draws one head's frames in a run. */
import type { Observable } from 'rxjs';
import type { Refusal } from '../buffer/index.js';
import type { Drawn, Gl } from '../gl/index.js';
import type { Gpus, Head } from '../head/index.js';
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

export interface OpenedHead {
  readonly head: Head;
  /** Better paths that were passed over because of who draws. */
  readonly refused: readonly Refusal[];
}

/** Told of each frame that GL draws, as `RunObserver.drawn` is. */
export type OnDrawn = (drawing: Drawn, calledAt: number) => void;

/** Who draws on all of a run's heads. */
export interface Painters {
  /** Where the render GPU draws: the GL that does, at once, and each after a loss of the GPU, for each head. */
  readonly gl$?: Observable<Gl> | undefined;
  /** Rejects as `Gpus.openHead` does, and with ERR_UNSUPPORTED for a path on which it cannot draw. */
  readonly openHead: (options: NonNullable<Parameters<Gpus['openHead']>[0]>) => Promise<OpenedHead>;
  /** Ready to draw, with what has to be compiled. */
  readonly paint: (head: Head, onDrawn?: OnDrawn) => Promise<HeadPainter>;
}
