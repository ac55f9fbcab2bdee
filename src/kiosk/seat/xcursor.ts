/** Reads an Xcursor file, as libXcursor writes it: pictures of several sizes, some of them in motion. */
import type { CursorImage } from './cursor-image.js';

const magic = 0x72756358; // "Xcur"
const imageType = 0xfffd0002;
const [fileHeaderBytes, entryBytes, imageHeaderBytes] = [16, 12, 36];
/** More than any theme has. */
const limits = { entries: 4096, pixels: 512 } as const;

interface Entry {
  /** Nominal, in pixels. */
  readonly size: number;
  readonly position: number;
}

/** The picture whose size is the nearest, the first one where they move. Throws RangeError for what is no such file. */
export function readXcursor(bytes: Uint8Array, size: number): CursorImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = entriesOf(view);
  if (entries.length === 0) throw new RangeError('the file has no picture');
  return imageAt(
    view,
    entries.reduce((best, each) => (Math.abs(each.size - size) < Math.abs(best.size - size) ? each : best)).position,
  );
}

function entriesOf(view: DataView): Entry[] {
  assertWithin(view, 0, fileHeaderBytes);
  if (word(view, 0) !== magic) throw new RangeError('this is no Xcursor file');
  const [start, count] = [word(view, 4), word(view, 12)];
  if (count > limits.entries) throw new RangeError(`the file has ${count} entries`);
  assertWithin(view, start, count * entryBytes);
  return Array.from({ length: count }, (_, index) => start + index * entryBytes)
    .filter((at) => word(view, at) === imageType)
    .map((at) => ({ size: word(view, at + 4), position: word(view, at + 8) }));
}

function imageAt(view: DataView, position: number): CursorImage {
  assertWithin(view, position, imageHeaderBytes);
  const [headerBytes, type] = [word(view, position), word(view, position + 4)];
  if (headerBytes < imageHeaderBytes || type !== imageType) throw new RangeError('an entry leads to no picture');
  const [width = 0, height = 0, hotX = 0, hotY = 0] = [16, 20, 24, 28].map((at) => word(view, position + at));
  for (const length of [width, height])
    if (length < 1 || length > limits.pixels) throw new RangeError(`a picture has ${width}x${height} pixels`);
  if (hotX > width || hotY > height) throw new RangeError('a picture points outside of itself');
  assertWithin(view, position + headerBytes, width * height * 4);
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => word(view, position + headerBytes + 4 * at));
  return { pixels, width, height, hotX, hotY };
}

const word = (view: DataView, at: number): number => view.getUint32(at, true);

function assertWithin(view: DataView, at: number, bytes: number): void {
  if (at + bytes > view.byteLength) throw new RangeError('the file ends too early');
}
