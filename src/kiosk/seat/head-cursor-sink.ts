/** The pointer on a head's hardware cursor. */
import { GuestheadError } from '../../errors.js';
import type { Head } from '../../head/index.js';
import { cursorSize } from '../../kms/index.js';
import { Placement, type HeadGeometry } from '../placement.js';
import { fitted, turned, type CursorImage, type CursorSink } from './cursor-image.js';
import type { Point } from '../geometry.js';

type HardwareCursor = ReturnType<Head['cursor']>;

export class HeadCursorSink implements CursorSink {
  #cursor: HardwareCursor | undefined;
  #image: CursorImage | undefined;
  #at: Point = { x: 0, y: 0 };

  #covered = false;

  /** Why it could not be shown last. */
  #refused: string | undefined;

  /** The head stays the caller's. `onRefused` hears why there is no pointer, once until it can be shown again. */
  constructor(
    private readonly head: Pick<Head, 'cursor'>,
    private readonly geometry: () => HeadGeometry,
    private readonly onRefused: (error: GuestheadError) => void = () => undefined,
  ) {}

  show(image: CursorImage): void {
    this.#image = fitted(turned(image, this.geometry().transform), cursorSize);
    this.#trying((cursor) => {
      this.#draw(cursor);
    });
  }

  move(x: number, y: number): void {
    this.#at = new Placement(this.geometry()).pixels({ x: Math.floor(x), y: Math.floor(y), width: 1, height: 1 });
    if (this.#image !== undefined)
      this.#trying((cursor) => {
        this.#place(cursor);
      });
  }

  hide(): void {
    if (this.#image === undefined) return;
    this.#image = undefined;
    this.#trying((cursor) => {
      cursor.hide();
    });
  }

  /** While it is covered nothing of it is seen, whatever it shows. */
  cover(covered: boolean): void {
    if (covered === this.#covered) return;
    this.#covered = covered;
    if (this.#image === undefined) return;
    this.#trying((cursor) => {
      if (covered) cursor.hide();
      else this.#draw(cursor);
    });
  }

  /** A display that was lost has closed the cursor: it is opened, and drawn, anew. */
  #trying(act: (cursor: HardwareCursor) => void): void {
    try {
      const cursor = this.head.cursor();
      const isNew = cursor !== this.#cursor;
      this.#cursor = cursor;
      if (isNew && this.#image !== undefined) this.#draw(cursor);
      else act(cursor);
      this.#refused = undefined;
    } catch (error) {
      if (!(error instanceof GuestheadError)) throw error;
      this.#cursor = undefined;
      if (error.code !== this.#refused) this.onRefused(error);
      this.#refused = error.code;
    }
  }

  #draw(cursor: HardwareCursor): void {
    const image = this.#image;
    if (image === undefined || this.#covered) return;
    const pixels = new Uint32Array(cursorSize ** 2);
    for (let y = 0; y < image.height; y++)
      pixels.set(image.pixels.subarray(y * image.width, (y + 1) * image.width), y * cursorSize);
    cursor.setImage(pixels, hotspotIn(image));
    this.#place(cursor);
  }

  /** A picture may point outside of itself; the hardware's does not. */
  #place(cursor: HardwareCursor): void {
    const image = this.#image;
    if (image === undefined || this.#covered) return;
    const { x, y } = hotspotIn(image);
    cursor.move(this.#at.x - image.hotX + x, this.#at.y - image.hotY + y);
  }
}

function hotspotIn({ hotX, hotY }: CursorImage): Point {
  const within = (at: number) => Math.max(0, Math.min(at, cursorSize - 1));
  return { x: within(hotX), y: within(hotY) };
}
