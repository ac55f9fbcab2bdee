/** Reads the PPM files that QEMU's `screendump` writes. */
import { GuestheadError } from '../errors.js';
import type { Capture } from './capture.js';

// Netpbm's ppm(5): fields are parted by white space and comments; one white space ends the header.
const space = '[ \\t\\n\\v\\f\\r]';
const gap = `(?:${space}|#[^\\n\\r]*[\\n\\r])+`;
const header = new RegExp(`^P6${gap}(\\d+)${gap}(\\d+)${gap}(\\d+)${space}`);

/** Bytes that pixman rounds rows up to. */
const word = 4;

/** Bytes: a header, comments included, is not sought beyond this. */
const longestHeader = 4096;

/**
 * Parses one binary PPM (P6, maxval 255), whose rows may be padded to whole words: QEMU 7 writes them so, against
 * ppm(5), since its line buffer is pixman's. Throws ERR_CAPTURE for anything else, and for a file that is shorter or longer.
 * PNG, which QEMU 7.1 and later can write too, is no way out: until 7.2.3 with red and blue exchanged, and slow to compress.
 */
export function parsePpm(data: Uint8Array): Capture {
  const start = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, longestHeader)).toString('latin1');
  const match = header.exec(start);
  if (match === null) throw refusal('it does not start like a binary PPM (P6)');
  const [width = 0, height = 0, maximum = 0] = match.slice(1).map(Number);
  if (maximum !== 255) throw refusal(`its maxval is ${maximum}, not 255`);
  if (width === 0 || height === 0) throw refusal(`its size is ${width}x${height}`);
  const pixels = new Uint8Array(data.buffer, data.byteOffset + match[0].length, data.length - match[0].length);
  const rowBytes = width * 3;
  const paddedBytes = Math.ceil(rowBytes / word) * word;
  if (pixels.length === rowBytes * height) return { width, height, rgb: pixels };
  if (pixels.length === paddedBytes * height) return { width, height, rgb: packed(pixels, rowBytes, paddedBytes) };
  throw refusal(`it has ${pixels.length} bytes of pixels, not ${rowBytes * height}`);
}

/** The rows one after the other. */
function packed(pixels: Uint8Array, rowBytes: number, paddedBytes: number): Uint8Array {
  const height = pixels.length / paddedBytes;
  const rgb = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) rgb.set(pixels.subarray(y * paddedBytes, y * paddedBytes + rowBytes), y * rowBytes);
  return rgb;
}

function refusal(why: string): GuestheadError {
  return new GuestheadError('ERR_CAPTURE', `The screen capture cannot be used: ${why}`, { operation: 'parsePpm' });
}
