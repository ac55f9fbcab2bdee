/** What changed in the last frames: a buffer that was drawn several frames ago lacks all of that. */
import { around, checkRectangle, clipped, isInside, mostRectangles, type Rectangle } from '../buffer/index.js';

/** As `draw` gets it. */
export interface AgedFrame {
  readonly number: number;
  /** How many frames ago its buffer was drawn; 0 = unknown. */
  readonly age: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

interface Recorded {
  readonly number: number;
  /** Undefined: everything. */
  readonly damage: readonly Rectangle[] | undefined;
}

/** Frames that are remembered: more than any head has buffers. */
const capacity = 16;

/**
 * Of one head. A `draw` asks it once for each frame what to draw:
 * `gl.compose(frame, { layers, damage: history.add(frame, changed) })`.
 */
export class DamageHistory {
  #frames: Recorded[] = [];
  /** All that changed after this frame is recorded. */
  #since = Infinity;
  #width = 0;
  #height = 0;

  /**
   * `damage` is what changed since the last frame that was added, in whole pixels; undefined = everything. Returns the part
   * of this frame's buffer to draw: what changed since its contents were drawn; undefined = all of it, for a buffer
   * whose contents are unknown or too old. A frame that was added and then not shown needs no other call. Throws ERR_USAGE.
   */
  add(frame: AgedFrame, damage?: readonly Rectangle[]): readonly Rectangle[] | undefined {
    const recorded = damage?.flatMap((rectangle) => checked(rectangle, frame));
    if (!this.#follows(frame)) this.#begin(frame);
    this.#frames.push({ number: frame.number, damage: recorded === undefined ? undefined : few(recorded) });
    if (this.#frames.length > capacity) this.#since = this.#frames.shift()?.number ?? Infinity;
    return this.#changedSince(frame);
  }

  /** Everything changed: the next frame is drawn whole, and so is each buffer once. */
  forget(): void {
    this.#frames = [];
    this.#since = Infinity;
  }

  /** A loop that begins again counts its frames again. */
  #follows({ number, width, height }: AgedFrame): boolean {
    const last = this.#frames.at(-1);
    return last !== undefined && number > last.number && width === this.#width && height === this.#height;
  }

  #begin({ number, width, height }: AgedFrame): void {
    this.forget();
    this.#since = number;
    this.#width = width;
    this.#height = height;
  }

  #changedSince({ number, age }: AgedFrame): readonly Rectangle[] | undefined {
    const contents = number - age;
    if (age === 0 || contents < this.#since) return undefined;
    const changed: Rectangle[] = [];
    for (const { number: at, damage } of this.#frames) {
      if (at <= contents) continue;
      if (damage === undefined) return undefined;
      for (const rectangle of damage) addTo(changed, rectangle);
    }
    return few(changed);
  }
}

function checked(rectangle: Rectangle, { width, height }: AgedFrame): Rectangle | readonly [] {
  checkRectangle(rectangle.x, rectangle.y, rectangle.width, rectangle.height);
  return clipped(rectangle, width, height) ?? [];
}

/** What lies inside another is drawn with that one. */
function addTo(rectangles: Rectangle[], added: Rectangle): void {
  if (rectangles.some((known) => isInside(added, known))) return;
  let kept = 0;
  for (const known of rectangles) if (!isInside(known, added)) rectangles[kept++] = known;
  rectangles.length = kept;
  rectangles.push(added);
}

function few(rectangles: readonly Rectangle[]): readonly Rectangle[] {
  return rectangles.length <= mostRectangles ? rectangles : [around(rectangles)];
}
