/** What a surface shows: a buffer of its client's, whichever kind it is. */
import type { DmabufDescription } from '../buffer/index.js';
import type { Resource } from '../wayland/index.js';

/** How a client and the kiosk hand a buffer to each other where they do not leave that to the kernel: of one commit of it. */
export interface BufferSync {
  /** As `Content.whenDrawn`. */
  whenDrawn(tell: () => void): (() => void) | undefined;
  /** Nothing reads the buffer any more. */
  released(): void;
}

/**
 * One wl_buffer. It is used by the surfaces and frames that show it, and released with the last use; what stands behind it ends
 * when its client has destroyed it and nothing uses it any more.
 */
export abstract class Content {
  /** Pixels. */
  abstract readonly width: number;
  abstract readonly height: number;
  /** Nothing is to be seen through it. */
  abstract readonly opaque: boolean;
  /** To import it costs no memory: it is a dma-buf already. */
  readonly isDmabuf: boolean = false;
  /** Its first row is the lowest. */
  readonly isUpsideDown: boolean = false;
  #uses = 0;
  #timesShown = 0;
  #ended = false;
  /** Of its commits that it was not released since. */
  #syncs: BufferSync[] = [];
  readonly #onGone: (() => void)[] = [];

  protected constructor(protected readonly resource: Resource<'wl_buffer'>) {
    resource.implement({ destroy: () => undefined }, () => {
      for (const tell of this.#onGone.splice(0)) tell();
      this.#look();
    });
  }

  /** How often it was committed. */
  get timesShown(): number {
    return this.#timesShown;
  }

  /** Its client. */
  get owner(): object {
    return this.resource.client;
  }

  /** Its client waits for no fence of whoever reads it: it is not released before it has been read. */
  get isExplicit(): boolean {
    return this.#syncs.length > 0;
  }

  /** It is committed: the client may not draw into it until it is told that it was released. */
  use(sync?: BufferSync): void {
    this.#timesShown++;
    if (sync !== undefined) this.#syncs.push(sync);
    this.hold();
  }

  /** One more use, of what was committed. */
  hold(): void {
    this.#uses++;
  }

  /** Ends one use; with the last one it is the client's again. */
  release(): void {
    if (--this.#uses > 0) return;
    this.resource.send.release();
    if (this.isExplicit) for (const sync of this.#syncs.splice(0)) sync.released();
    this.#look();
  }

  /** Called once, when the client has destroyed it, at once where it has: what was made of it goes. */
  onGone(tell: () => void): void {
    if (this.resource.alive) this.#onGone.push(tell);
    else tell();
  }

  /**
   * Calls `tell` once its client's GPU has drawn into it, and gives what ends that wait; undefined, without a call, where nothing
   * draws into it now.
   */
  whenDrawn(_tell: () => void): (() => void) | undefined {
    return undefined;
  }

  /** Draws it, as native/paint/painting.h has the numbers. False where its pixels are gone, or cannot be read. */
  abstract paint(target: Uint32Array, numbers: Float64Array): boolean;

  /** Lends the same memory as a dma-buf for the call. Throws NativeError, or what a client's own says. */
  abstract lendDmabuf<T>(use: (dmabuf: DmabufDescription) => T): T;

  /** Nobody asks for its pixels any more. Called once. */
  protected ended(): void {
    // Most have nothing of their own.
  }

  #look(): void {
    if (this.#ended || this.#uses > 0 || this.resource.alive) return;
    this.#ended = true;
    this.ended();
  }
}
