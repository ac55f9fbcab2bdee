/** What is drawn from, or into: a number of the GPU's thread, and what JavaScript knows of it. */
import { checkRectangle, type Rectangle } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';

/** Its GPU objects go with `close()`, once what is being drawn from it is drawn. */
export class GlPicture {
  #closed = false;

  /** Use `Gl.importDmabuf`, `createPicture` or `createOffscreen`. */
  constructor(
    private readonly id: number,
    /** Pixels. */
    readonly width: number,
    readonly height: number,
    private readonly onClose: (id: number) => void,
  ) {}

  /** For the GPU's thread. Throws ERR_CLOSED. */
  get number(): number {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The picture is closed');
    return this.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The parts to upload before the next drawing; of what is no memory, none. */
  takeDamage(): readonly Rectangle[] {
    return [];
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(this.id);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A picture in memory that JavaScript writes; what it says was changed is uploaded with the next drawing. */
export class MemoryPicture extends GlPicture {
  #damage: Rectangle[] = [];

  constructor(
    id: number,
    width: number,
    height: number,
    /** 32 bits a pixel in the picture's format, `width` a row. Not to be written between `compose` and its end. */
    readonly pixels: Uint32Array,
    onClose: (id: number) => void,
  ) {
    super(id, width, height, onClose);
  }

  /** Says what was written; the first drawing takes all. Throws ERR_USAGE. */
  damaged(x: number, y: number, width: number, height: number): void {
    checkRectangle(x, y, width, height);
    this.#damage.push({ x, y, width, height });
  }

  override takeDamage(): readonly Rectangle[] {
    if (this.#damage.length === 0) return this.#damage;
    const damage = this.#damage;
    this.#damage = [];
    return damage;
  }
}
