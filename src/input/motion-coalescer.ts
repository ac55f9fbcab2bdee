/** Fewer motions than a mouse of 1,000 Hz sends: one a refresh, and nothing is lost by it. */
import type { InputEvent, MotionEvent, PointerMotion, RelativeEvent } from './events.js';

/**
 * Keeps a motion until `flush`, which the display's refresh calls, and lets all else pass at once, behind the motion that
 * came before it. Of places the newest counts, and movements are summed; where the one follows the other, or another device takes
 * over, what was kept goes first.
 */
export class MotionCoalescer {
  #kept: PointerMotion | undefined;

  constructor(private readonly deliver: (event: InputEvent) => void) {}

  /** Whether a motion waits for `flush`. */
  get waits(): boolean {
    return this.#kept !== undefined;
  }

  take(event: InputEvent): void {
    if (event.kind === 'motion' || event.kind === 'relative') {
      this.#keep(event);
      return;
    }
    this.flush();
    this.deliver(event);
  }

  flush(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.deliver(kept);
  }

  /** What was kept and never told: of a seat that has lost its pointer. */
  drop(): void {
    this.#kept = undefined;
  }

  #keep(event: PointerMotion): void {
    const kept = this.#kept;
    if (kept !== undefined && (kept.kind !== event.kind || kept.device !== event.device)) this.flush();
    this.#kept = this.#kept === undefined ? event : merged(this.#kept, event);
  }
}

/** Both of one kind and device. */
function merged(kept: PointerMotion, event: PointerMotion): MotionEvent | RelativeEvent {
  if (kept.kind === 'motion' || event.kind === 'motion') return event;
  return {
    ...event,
    dx: kept.dx + event.dx,
    dy: kept.dy + event.dy,
    dxUnaccelerated: kept.dxUnaccelerated + event.dxUnaccelerated,
    dyUnaccelerated: kept.dyUnaccelerated + event.dyUnaccelerated,
  };
}
