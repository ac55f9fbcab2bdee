/** The last picture, in a PNG file. */
import { writeFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import { rgbOf, type SinkFrame } from './frame.js';
import type { Sink } from './sink.js';

export interface PngFacts {
  /** The file; null where no picture came, and nothing was written. */
  readonly picture: string | null;
}

export function pngSink(file: string): Sink<PngFacts> {
  let last: Rgb | undefined;
  return {
    write: (frame) => void (last = { width: frame.width, height: frame.height, rgb: rgbOf(frame) }),
    end: async () => {
      if (last === undefined) return { picture: null };
      await writeFile(file, encodePng(last));
      return { picture: file };
    },
  };
}

/** 3 bytes a pixel, tightly packed. */
type Rgb = Pick<SinkFrame, 'width' | 'height'> & { readonly rgb: Uint8Array };

const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const [eightBits, trueColour] = [8, 2];

/** https://www.w3.org/TR/png-3/: header, one piece of pixels without filters, end. */
function encodePng({ width, height, rgb }: Rgb): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([eightBits, trueColour], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height); // each row begins with its filter, 0
  for (let y = 0; y < height; y++) rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
