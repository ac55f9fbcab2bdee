/**
 * A 128-bit name of one export, never given twice on any machine: 64 random bits, drawn when the producer opens; the
 * buffer's number (16 bits); the export's, counted by the producer from 1 (48 bits). All little-endian.
 */
import { randomBytes } from 'node:crypto';

export class ExportIds {
  readonly #session = randomBytes(8);

  /** 32 hexadecimal digits. `buffer` is below 2^16, `sequence` below 2^48. */
  next(buffer: number, sequence: bigint): string {
    const id = Buffer.alloc(16);
    this.#session.copy(id);
    id.writeUInt16LE(buffer, 8);
    id.writeUIntLE(Number(sequence), 10, 6);
    return id.toString('hex');
  }
}
