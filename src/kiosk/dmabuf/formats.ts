/** Which dma-bufs clients are offered to bring. */
import { formats, modifiers } from '../../buffer/index.js';

export interface OfferedFormat {
  /** A four-character code. */
  readonly format: number;
  readonly modifier: bigint;
}

/** In the order in which clients are told of them: what they prefer comes first. */
export class OfferedFormats {
  constructor(readonly all: readonly OfferedFormat[]) {}

  has(format: number, modifier: bigint): boolean {
    return this.all.some((each) => each.format === format && each.modifier === modifier);
  }

  /** With some modifier. */
  knows(format: number): boolean {
    return this.all.some((each) => each.format === format);
  }
}

const { LINEAR, INVALID } = modifiers;

/**
 * What a head shows as it is, and the CPU draws. Linear only: a GPU's own layouts neither of them reads, and a client that is offered
 * none has nothing to allocate anew when its window comes to fill the head. A stand-in for a GPU has no layouts, nor do its clients know
 * modifiers: theirs is INVALID, and linear.
 */
export function offeredFormats({ standIn }: { readonly standIn: boolean }): OfferedFormats {
  const offered = standIn ? [LINEAR, INVALID] : [LINEAR];
  const both = [formats.XRGB8888, formats.ARGB8888];
  return new OfferedFormats(both.flatMap((format) => offered.map((modifier) => ({ format, modifier }))));
}
