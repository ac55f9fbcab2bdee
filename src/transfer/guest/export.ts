/** One export of a buffer, from the call to its only end. */
import type { Fence } from '../../buffer/index.js';

/** `revoked`: it ended without a consumer's release; the reason is a sentence's end, for people. */
export type Ending = { readonly type: 'released' } | { readonly type: 'revoked'; readonly reason: string };

export interface Export {
  /** 128 bits in hexadecimal digits, given to no other export on any machine. */
  readonly id: string;
  /** Counted over the producer's exports, from 1. */
  readonly sequence: bigint;
  /** Settled once; never rejects. */
  readonly released: Promise<Ending>;
}

export interface ExportOptions {
  /** The buffer's content is complete once it signals: the host hears of the export only then. The producer's from this call on. */
  readonly fence?: Fence | undefined;
  /** At most 192 bytes for the consumers, copied. */
  readonly privateData?: Uint8Array | undefined;
}

export const noData = new Uint8Array();

/** The producer's half of it. */
export class PendingExport<B> implements Export {
  #released: Promise<Ending> | undefined;
  #resolve: ((ending: Ending) => void) | undefined;
  #ending: Ending | undefined;
  #fence: Fence | undefined;
  #privateData: Uint8Array;
  #sentAt: number | undefined;
  reportedLate = false;
  /** Nobody can be told of it: it is about to end. */
  isGivenUp = false;

  constructor(
    readonly buffer: B,
    readonly id: string,
    readonly sequence: bigint,
    /** The caller's own bytes until they are kept. */
    privateData: Uint8Array,
    fence: Fence | undefined,
  ) {
    this.#privateData = privateData;
    this.#fence = fence;
  }

  /** Made when it is asked for: the host has heard of the export by then. */
  get released(): Promise<Ending> {
    this.#released ??= new Promise((resolve) => {
      if (this.#ending === undefined) this.#resolve = resolve;
      else resolve(this.#ending);
    });
    return this.#released;
  }

  /** The host has heard of it, and when: `performance.now()`. */
  get sentAt(): number | undefined {
    return this.#sentAt;
  }

  /** None once the host has heard of them. */
  get privateData(): Uint8Array {
    return this.#privateData;
  }

  sent(now: number): void {
    this.#sentAt = now;
    this.#privateData = noData;
  }

  /** Where the host is still to hear of them: what the caller does to its own bytes from now on changes nothing. */
  keepPrivateData(): void {
    if (this.#privateData.length > 0) this.#privateData = new Uint8Array(this.#privateData);
  }

  /** Whether all is drawn. */
  get isComplete(): boolean {
    return this.#fence === undefined;
  }

  /** Calls one of them, in a later turn where there is a fence to wait for; none once it has been settled. */
  whenComplete(complete: () => void, failed: (error: unknown) => void): void {
    const fence = this.#fence;
    if (fence === undefined) {
      complete();
      return;
    }
    const isOurs = (): boolean => {
      const waits = this.#fence === fence;
      if (waits) this.#closeFence();
      return waits;
    };
    fence.signalled.then(
      () => {
        if (isOurs()) complete();
      },
      (error: unknown) => {
        if (isOurs()) failed(error);
      },
    );
  }

  settle(ending: Ending): void {
    this.#closeFence();
    this.#ending ??= ending;
    this.#resolve?.(this.#ending);
  }

  #closeFence(): void {
    const fence = this.#fence;
    this.#fence = undefined;
    fence?.close();
  }
}
