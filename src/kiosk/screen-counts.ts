/** How a head's frames came to the screen, and how many bytes that cost. */

/** Reasons come from many places: no more of them are kept than anyone reads. */
const mostReasons = 32;

export class ScreenCounts {
  /** Frames that came to the screen. */
  shown = 0;
  /** Of those, a client's own buffer, of which nothing was copied. */
  direct = 0;
  /** Drawn by the GPU. */
  byGpu = 0;
  /** Were taken over by a newer one, or could not be shown. */
  discarded = 0;
  /** Out of clients' buffers into backbuffers. */
  bytesCopied = 0;
  readonly #drawn = new Map<string, number>();

  /** How many frames were drawn, although a client's buffer might have been shown as it is, by reason. */
  get drawn(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#drawn);
  }

  /** @internal One more that was drawn. */
  drew(why: string): void {
    const kept = this.#drawn.has(why) || this.#drawn.size < mostReasons ? why : 'others';
    this.#drawn.set(kept, (this.#drawn.get(kept) ?? 0) + 1);
  }
}
