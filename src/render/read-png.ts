/** Reads a picture from PNG, as https://www.w3.org/TR/png-3/ has it: 8 bits a channel and not interlaced, which is what most programs write. */
import { crc32, inflateSync } from 'node:zlib';
import { GuestheadError, messageOf } from '../errors.js';
import { pngSignature } from './png.js';

/** Opaque: what can be seen through stands on black. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 0xffRRGGBB, row after row. */
  readonly pixels: Uint32Array;
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel. */
  readonly channels: number;
}

/** Colour type → channels: grey, red-green-blue, grey with alpha, red-green-blue with alpha. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
const palette = 3;
/** Pixels: no display is larger, and what is inflated has to fit into memory. */
const mostSide = 16_384;
const mostPixels = 64 * 1024 * 1024;
const convert = 'convert it, as `magick FILE -depth 8 -interlace none png24:OTHER.png` does';

/** Throws ERR_USAGE for what is no PNG, is broken, or is of a kind that is not read. */
export function readPng(bytes: Uint8Array): Pixels {
  const chunks = chunksOf(bytes);
  const first = chunks[0];
  if (first?.type !== 'IHDR' || first.data.length !== 13) refuse('its header is missing', 'save it again');
  const header = headerOf(first.data);
  const data = chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data);
  return {
    width: header.width,
    height: header.height,
    pixels: pixelsOf(unfiltered(inflated(data, header), header), header),
  };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, pngSignature.length).equals(pngSignature)) refuse('it does not begin as one does', convert);
  const chunks: Chunk[] = [];
  for (let at = pngSignature.length; chunks.at(-1)?.type !== 'IEND';) {
    const end = at + 8 + (at + 8 <= file.length ? file.readUInt32BE(at) : 0);
    if (end + 4 > file.length) refuse('it ends too early', 'copy it again');
    const body = file.subarray(at + 4, end);
    if (crc32(body) !== file.readUInt32BE(end)) refuse('a checksum in it is wrong', 'copy it again');
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at = end + 4;
  }
  return chunks;
}

function headerOf(data: Buffer): Header {
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth = 0, colourType = 0, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || compression !== 0 || filter !== 0) refuse('its header is wrong', 'save it again');
  if (width > mostSide || height > mostSide || width * height > mostPixels)
    refuse(`${width}x${height} pixels are too many`, 'scale it to the size of the display');
  if (colourType === palette) refuse('it has a palette', convert);
  const channels = channelsOf[colourType];
  if (channels === undefined) refuse('its header is wrong', 'save it again');
  if (depth !== 8) refuse(`it has ${depth} bits a channel, and not 8`, convert);
  if (interlace !== 0) refuse('it is interlaced', convert);
  return { width, height, channels };
}

/** Rows, each with its filter before it. */
function inflated(data: readonly Buffer[], { width, height, channels }: Header): Buffer {
  const length = (width * channels + 1) * height;
  try {
    const rows = inflateSync(Buffer.concat(data), { maxOutputLength: length });
    if (rows.length === length) return rows;
  } catch (error) {
    refuse(`its pixels cannot be unpacked (${messageOf(error)})`, 'copy it again');
  }
  return refuse('it has too few pixels', 'copy it again');
}

/** The rows' bytes side by side, as they were before each was written as a difference to its neighbours (PNG, 9). */
function unfiltered(rows: Buffer, { width, height, channels }: Header): Uint8Array {
  const length = width * channels;
  const bytes = new Uint8Array(length * height);
  for (let y = 0; y < height; y++) {
    const from = y * (length + 1);
    const undo = filters[rows[from] ?? 0] ?? refuse('a row has a filter that there is not', 'save it again');
    const at = y * length;
    for (let x = 0; x < length; x++) {
      const left = x < channels ? 0 : (bytes[at + x - channels] ?? 0);
      const above = y === 0 ? 0 : (bytes[at + x - length] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (bytes[at + x - length - channels] ?? 0);
      bytes[at + x] = (rows[from + 1 + x] ?? 0) + undo(left, above, corner);
    }
  }
  return bytes;
}

type Undo = (left: number, above: number, corner: number) => number;

const filters: readonly Undo[] = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** Which of the three is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function pixelsOf(bytes: Uint8Array, { width, height, channels }: Header): Uint32Array {
  const pixels = new Uint32Array(width * height);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let index = 0, at = 0; index < pixels.length; index++, at += channels) {
    const alpha = channels % 2 === 1 ? 0xff : (bytes[at + channels - 1] ?? 0);
    const channel = (which: number) => Math.round(((bytes[at + which] ?? 0) * alpha) / 0xff);
    pixels[index] = ((0xff << 24) | (channel(0) << 16) | (channel(green) << 8) | channel(blue)) >>> 0;
  }
  return pixels;
}

function refuse(why: string, advice: string): never {
  throw new GuestheadError('ERR_USAGE', `The picture is no PNG that can be read: ${why}`, { advice });
}
