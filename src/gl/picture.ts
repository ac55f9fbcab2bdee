/** What is drawn from, or into: a number of the GPU's thread, and what JavaScript knows of it. */
import { GuestheadError } from '../errors.js';
import { around, checkRectangle, clipped, mostRectangles, type Rectangle } from '../buffer/index.js';

/** The `Gl` that made a picture or an effect: to another one its number means something else. */
export interface Maker {
  /** After what was handed over before. */
  remove(number: number): void;
}

/** Its GPU objects go with `close()`, once what is being drawn from it is drawn. */
export class GlPicture {
  #closed = false;

  /** Use `Gl.importDmabuf`, `createPicture` or `createOffscreen`. @internal */
  constructor(
    private readonly id: number,
    /** Pixels. */
    readonly width: number,
    readonly height: number,
    private readonly maker: Maker,
  ) {}

  /** For the GPU's thread. Throws ERR_CLOSED, and ERR_USAGE for the picture of another `Gl`. @internal */
  numberFor(maker: Maker): number {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The picture is closed');
    if (maker !== this.maker) throw ofAnother('picture');
    return this.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.maker.remove(this.id);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A picture in memory that JavaScript writes; what it says was changed is uploaded with the next drawing. */
export class MemoryPicture extends GlPicture {
  readonly #damage: Rectangle[] = [];

  /** Use `Gl.createPicture`. @internal */
  constructor(
    id: number,
    width: number,
    height: number,
    /** 32 bits a pixel in the picture's format, `width` a row. Not to be written between `compose` and its end. */
    readonly pixels: Uint32Array,
    maker: Maker,
  ) {
    super(id, width, height, maker);
  }

  /** Says what was written; the first drawing takes all. Throws ERR_USAGE. */
  damaged(x: number, y: number, width: number, height: number): void {
    checkRectangle(x, y, width, height);
    const part = clipped({ x, y, width, height }, this.width, this.height);
    if (part === undefined) return;
    if (this.#damage.push(part) > mostRectangles) this.#damage.splice(0, Infinity, around(this.#damage));
  }

  /** The parts to upload before the next drawing. @internal */
  get damage(): readonly Rectangle[] {
    return this.#damage;
  }

  /** They are handed over. @internal */
  forgetDamage(): void {
    this.#damage.length = 0;
  }
}

export function ofAnother(what: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `The ${what} belongs to another Gl`, {
    advice: `make a ${what} of its own for each GPU`,
  });
}
