/** Reads the PPM files that QEMU's `screendump` writes. */
import { GuestheadError } from '../errors.js';
import type { Capture } from './capture.js';

// Netpbm's ppm(5): fields are parted by white space and comments; one white space ends the header.
const space = '[ \\t\\n\\v\\f\\r]';
const gap = `(?:${space}|#[^\\n\\r]*[\\n\\r])+`;
const header = new RegExp(`^P6${gap}(\\d+)${gap}(\\d+)${gap}(\\d+)${space}`);

/** Bytes: a header, comments included, is not sought beyond this. */
const longestHeader = 4096;

/**
 * Parses one binary PPM (P6, maxval 255). The capture's `rgb` is a view of `data`, not a copy.
 * Throws ERR_LAB for anything else, and for a file that is shorter or longer than its header says.
 */
export function parsePpm(data: Uint8Array): Capture {
  const start = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, longestHeader)).toString('latin1');
  const match = header.exec(start);
  if (match === null) throw refusal('it does not start like a binary PPM (P6)');
  const [width = 0, height = 0, maximum = 0] = match.slice(1).map(Number);
  if (maximum !== 255) throw refusal(`its maxval is ${maximum}, not 255`);
  if (width === 0 || height === 0) throw refusal(`its size is ${width}x${height}`);
  const rgb = new Uint8Array(data.buffer, data.byteOffset + match[0].length, data.length - match[0].length);
  const needed = width * height * 3;
  if (rgb.length !== needed) throw refusal(`it has ${rgb.length} bytes of pixels, not ${needed}`);
  return { width, height, rgb };
}

function refusal(why: string): GuestheadError {
  return new GuestheadError('ERR_LAB', `The screen capture cannot be used: ${why}`, { operation: 'parsePpm' });
}
