/** One head's picture: the surface that fills it, drawn when it has changed and the head can show it. */
import type { Subscription } from 'rxjs';
import { DamageHistory } from '../gl/index.js';
import type { Head } from '../head/index.js';
import type { Frame, Outcome } from '../loop/index.js';
import { answerShown, FrameCallbacks, type Callback } from './frame-callbacks.js';
import { clipped, type Picture } from './picture.js';
import type { Box } from './region.js';
import type { Surface } from './surface.js';

export interface ScreenCounts {
  /** Came to the screen. */
  shown: number;
  /** Were taken over by a newer one, or could not be shown. */
  discarded: number;
  /** Out of clients' buffers, and from there into backbuffers. */
  bytesCopied: number;
}

interface Placed {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
}

const black = 0;
const bytesPerPixel = 4;

export class Screen {
  readonly counts: ScreenCounts = { shown: 0, discarded: 0, bytesCopied: 0 };
  readonly #history = new DamageHistory();
  readonly #callbacks = new FrameCallbacks();
  readonly #turns: Subscription;
  #surface: Surface | undefined;
  /** The last frame's, to know whether this one differs by more than damage. */
  #placed: Placed | undefined;
  #changed = true;
  #mayPresent = false;

  constructor(private readonly head: Head) {
    this.#turns = head.turn$.subscribe(() => {
      this.#mayPresent = true;
      this.#draw();
    });
  }

  /** Fills the head from the next frame on; undefined: nothing does. */
  show(surface: Surface | undefined): void {
    if (surface === this.#surface) return;
    this.#surface = surface;
    this.changed();
  }

  get surface(): Surface | undefined {
    return this.#surface;
  }

  /** The surface has committed something. */
  changed(): void {
    this.#callbacks.add(this.#surface?.takeCallbacks() ?? []);
    this.#changed = true;
    this.#draw();
  }

  close(): void {
    this.#turns.unsubscribe();
    this.#callbacks.close();
  }

  #draw(): void {
    if (!this.#changed || !this.#mayPresent) return;
    const frame = this.head.acquire();
    if (frame === undefined) return; // a turn comes when one is free
    this.#changed = false;
    this.#mayPresent = false;
    const damage = this.#drawInto(frame);
    const callbacks = this.#callbacks.take();
    this.head.present(frame, { damage, onOutcome: (outcome) => this.#ended(outcome, callbacks) });
  }

  #ended(outcome: Outcome, callbacks: readonly Callback[]): void {
    if (outcome.kind === 'discarded') {
      this.counts.discarded++;
      this.#callbacks.add(callbacks);
      if (outcome.reason !== 'replaced') this.#changed = true;
      return;
    }
    this.counts.shown++;
    answerShown(callbacks, outcome.timestampNs);
  }

  /** What differs from the frame before; undefined = all of it. */
  #drawInto(frame: Frame): readonly Box[] | undefined {
    const look = this.#surface?.look();
    const placed = look === undefined ? undefined : place(look.picture, frame);
    const damage = isSame(placed, this.#placed) ? moved(look?.damage, placed) : undefined;
    this.#placed = placed;
    this.counts.bytesCopied += look?.copied ?? 0;
    const stale = this.#history.add(frame, damage);
    if (stale === undefined) frame.pixels.fill(black);
    for (const box of stale ?? [{ x: 0, y: 0, width: frame.width, height: frame.height }])
      this.#copy(frame, box, placed);
    return damage;
  }

  #copy(frame: Frame, box: Box, placed: Placed | undefined): void {
    frame.damaged(box.x, box.y, box.width, box.height);
    if (placed === undefined) return;
    const { picture, left, top } = placed;
    const inPicture = { ...box, x: box.x - left, y: box.y - top };
    const part = clipped(inPicture, Math.min(picture.width, frame.width), Math.min(picture.height, frame.height));
    if (part === undefined) return;
    picture.draw(frame.pixels, frame.stridePixels, part, left, top);
    this.counts.bytesCopied += part.width * part.height * bytesPerPixel;
  }
}

/** In the middle; one that is larger begins at the upper left. */
function place(picture: Picture, frame: Frame): Placed {
  const middle = (room: number, size: number) => Math.max(0, Math.floor((room - size) / 2));
  return { picture, left: middle(frame.width, picture.width), top: middle(frame.height, picture.height) };
}

function isSame(one: Placed | undefined, other: Placed | undefined): boolean {
  return one?.picture === other?.picture && one?.left === other?.left && one?.top === other?.top;
}

function moved(damage: readonly Box[] | undefined, placed: Placed | undefined): readonly Box[] | undefined {
  if (damage === undefined || placed === undefined) return placed === undefined ? [] : undefined;
  const { picture, left, top } = placed;
  return damage.flatMap((box) => {
    const part = clipped(box, picture.width, picture.height);
    return part === undefined ? [] : [{ ...part, x: part.x + left, y: part.y + top }];
  });
}
