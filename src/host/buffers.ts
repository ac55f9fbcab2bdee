/** What the chosen size asks of the host for each backbuffer, and of the guest for all. Pure. */
import type { HostMachine } from './machine.js';

export interface BufferNeeds {
  /** Of one buffer. */
  readonly bytes: number;
  /** Of one buffer: the most entries that its list can have, each page on its own. */
  readonly pages: number;
  /** Of all buffers of all heads. */
  readonly allBytes: number;
}

const pageBytes = 4096;
const bytesPerPixel = 4;
/** What the guest's buffers are rounded up to (src/buffer/padding.ts): bytes of a row, and rows. */
const rowAlignment = 256;
const heightAlignment = 16;
export const buffersPerHead = 4;

export function bufferNeeds({ size, heads }: Pick<HostMachine, 'size' | 'heads'>): BufferNeeds {
  const pitch = Math.ceil((size.width * bytesPerPixel) / rowAlignment) * rowAlignment;
  const rows = Math.ceil(size.height / heightAlignment) * heightAlignment;
  const pages = Math.ceil((pitch * rows) / pageBytes);
  const bytes = pages * pageBytes;
  return { bytes, pages, allBytes: bytes * buffersPerHead * heads };
}
