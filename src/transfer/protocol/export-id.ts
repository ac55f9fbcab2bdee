/**
 * A 128-bit name of one export, never given twice on any machine: 64 random bits, drawn when the producer opens; the
 * buffer's number (16 bits); the export's, counted by the producer from 1 (48 bits). All little-endian.
 */
import { randomBytes } from 'node:crypto';

export class ExportIds {
  readonly #session = randomBytes(8).toString('hex');

  /** 32 hexadecimal digits. `buffer` is below 2^16, `sequence` below 2^48. */
  next(buffer: number, sequence: bigint): string {
    return this.#session + littleEndian(buffer, 2) + littleEndian(Number(sequence), 6);
  }
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** By a table: one is made each frame, and a Buffer's way there and back takes ten times as long. */
function littleEndian(value: number, bytes: number): string {
  let text = '';
  for (let left = value; bytes > 0; bytes--, left = Math.floor(left / 256)) text += digits[left % 256] ?? '';
  return text;
}
