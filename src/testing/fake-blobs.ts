/** Property blobs: alive until they are given back, or for as long as a CRTC's state uses them. */
import type { BlobId } from '../ffi/index.js';

export class FakeBlobs {
  readonly #data = new Map<BlobId, Buffer>();
  readonly #released = new Set<BlobId>();

  add(id: BlobId, data: Uint8Array): void {
    this.#data.set(id, Buffer.from(data));
  }

  get(id: BlobId): Buffer | undefined {
    return this.#data.get(id);
  }

  has(id: BlobId): boolean {
    return this.#data.has(id);
  }

  release(id: BlobId): void {
    this.#released.add(id);
  }

  /** Ends those that were given back and are not in use. */
  prune(used: ReadonlySet<BlobId>): void {
    for (const id of this.#released)
      if (!used.has(id)) {
        this.#released.delete(id);
        this.#data.delete(id);
      }
  }
}
