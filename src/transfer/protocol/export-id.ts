/**
 * A 128-bit name of one export, never given twice on any machine: 64 random bits, drawn when the producer opens; the
 * buffer's number (16 bits); the export's, counted by the producer from 1 (48 bits). All little-endian.
 */
import { randomBytes } from 'node:crypto';

export class ExportIds {
  readonly #session = randomBytes(8).toString('hex');

  /** 32 hexadecimal digits. `buffer` is below 2^16, `sequence` below 2^48. */
  next(buffer: number, sequence: number): string {
    return this.#session + pair(buffer) + three(sequence % 0x100_0000) + three(Math.floor(sequence / 0x100_0000));
  }
}

/** By a table: one is made each frame, and a Buffer's way there and back takes ten times as long. */
const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function pair(value: number): string {
  return `${digits[value & 0xff]}${digits[value >> 8]}`;
}

function three(value: number): string {
  return `${digits[value & 0xff]}${digits[(value >> 8) & 0xff]}${digits[value >> 16]}`;
}
