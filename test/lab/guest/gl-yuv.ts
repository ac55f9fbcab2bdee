/** YUV buffers of one colour a quarter, and what a picture of them should be. */
import { closeSync } from 'node:fs';
import { formats } from '../../../src/buffer/index.js';
import type { DrmNode } from '../../../src/device/index.js';
import { gbmUsage } from '../../../src/ffi/constants.js';
import type { GbmDevice } from '../../../src/ffi/gbm-device.js';
import type { Gl, GlDmabuf } from '../../../src/gl/index.js';
import { access, loadNative } from '../../../src/native/index.js';

type ColourSpace = NonNullable<GlDmabuf['colourSpace']>;
type Range = NonNullable<GlDmabuf['range']>;
type Yuv = readonly [luma: number, blueness: number, redness: number];

/** Eight bits each: grey, and three colours that no range cuts off. */
const quarters: readonly Yuv[] = [
  [126, 128, 128],
  [100, 150, 110],
  [120, 100, 150],
  [150, 120, 120],
];
const [width, height] = [32, 16];

/** Kr and Kb of each; source: ITU-R BT.601-7, BT.709-6 and BT.2020-2. */
const weights: Readonly<Record<ColourSpace, readonly [red: number, blue: number]>> = {
  'BT.601': [0.299, 0.114],
  'BT.709': [0.2126, 0.0722],
  'BT.2020': [0.2627, 0.0593],
};

export interface YuvSeen {
  readonly name: string;
  /** Levels of the worst channel, by what the driver was told; undefined: refused. */
  readonly off?: number;
  /** By the colour space and range that fit best. */
  readonly least?: number;
  readonly code?: string;
  readonly advice?: string;
}

/** Each format in each colour space and range, drawn by `gl` into an RGBA picture and read back. */
export async function yuvSeen(gl: Gl, node: DrmNode, gbm: GbmDevice): Promise<YuvSeen[]> {
  const seen: YuvSeen[] = [];
  for (const [name, format] of Object.entries(layouts))
    for (const colourSpace of Object.keys(weights) as ColourSpace[])
      for (const range of ['narrow', 'full'] as const) {
        if (name !== 'NV12' && colourSpace !== 'BT.709') continue;
        const what = `${name} ${colourSpace} ${range}`;
        seen.push({ name: what, ...(await tried(gl, node, gbm, { ...format, colourSpace, range })) });
      }
  return seen;
}

interface Format {
  readonly format: number;
  /** Bytes from the start of the buffer, in rows of the stride. */
  readonly planes: readonly { readonly row: number }[];
  readonly write: (bytes: Uint8Array, stride: number) => void;
}

const colourAt = (x: number, y: number) => quarters[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)]!;

/** Luma rows, then rows of the other two side by side; `bytes` of each number, the highest last. */
function semiPlanar(format: number, bytesEach: number): Format {
  const write = (bytes: Uint8Array, stride: number) => {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [luma, blueness, redness] = colourAt(x, y);
        bytes[y * stride + x * bytesEach + bytesEach - 1] = luma;
        const chroma = (height + (y >> 1)) * stride + (x & ~1) * bytesEach + bytesEach - 1;
        bytes[chroma] = blueness;
        bytes[chroma + bytesEach] = redness;
      }
  };
  return { format, planes: [{ row: 0 }, { row: height }], write };
}

const packed: Format = {
  format: formats.YUYV,
  planes: [{ row: 0 }],
  write: (bytes, stride) => {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x += 2) {
        const [luma, blueness, redness] = colourAt(x, y);
        bytes.set([luma, blueness, luma, redness], y * stride + x * 2);
      }
  },
};

const layouts: Readonly<Record<string, Format>> = {
  NV12: semiPlanar(formats.NV12, 1),
  P010: semiPlanar(formats.P010, 2),
  YUYV: packed,
};

async function tried(
  gl: Gl,
  node: DrmNode,
  gbm: GbmDevice,
  { format, planes, write, colourSpace, range }: Format & { colourSpace: ColourSpace; range: Range },
): Promise<Omit<YuvSeen, 'name'>> {
  const usage = gbmUsage.linear | gbmUsage.rendering;
  const buffer = gbm.createBuffer({ width, height: height * 2, format: formats.ARGB8888, usage });
  const fd = node.buffers.primeHandleToFd(buffer.handle, { readWrite: true });
  const stride = buffer.stride();
  try {
    const mapping = loadNative().mapDmabuf(fd, stride * height * 2, access.readWrite);
    mapping.beginAccess(access.write);
    write(new Uint8Array(mapping.buffer), stride);
    mapping.endAccess(access.write);
    mapping.close();
    const described = planes.map(({ row }) => ({ fd, offsetBytes: row * stride, strideBytes: stride }));
    return await drawnOff(gl, { width, height, format, planes: described, colourSpace, range });
  } catch (error) {
    const { code, advice } = error as { code?: string; advice?: string };
    return { code: code ?? String(error), advice: advice ?? '' };
  } finally {
    closeSync(fd);
    buffer.close();
  }
}

async function drawnOff(gl: Gl, dmabuf: GlDmabuf & { colourSpace: ColourSpace; range: Range }): Promise<Drawn> {
  const picture = await gl.importDmabuf(dmabuf);
  const target = await gl.createOffscreen(width, height);
  try {
    const to = { x: 0, y: 0, width, height };
    (await gl.compose(target, { layers: [{ picture, to, filter: 'nearest' }] })).fence?.close();
    const pixels = await gl.readPixels(target, 0, 0, width, height);
    const off = offOf(pixels, dmabuf.colourSpace, dmabuf.range);
    const least = Math.min(
      ...(Object.keys(weights) as ColourSpace[]).flatMap((space) =>
        (['narrow', 'full'] as const).map((range) => offOf(pixels, space, range)),
      ),
    );
    return { off, least };
  } finally {
    picture.close();
    target.close();
  }
}

interface Drawn {
  readonly off: number;
  readonly least: number;
}

/** In the middle of each quarter. */
function offOf(pixels: Uint8Array, space: ColourSpace, range: Range): number {
  let off = 0;
  for (const [x, y] of [
    [8, 4],
    [24, 4],
    [8, 12],
    [24, 12],
  ] as const)
    rgbOf(colourAt(x, y), space, range).forEach((level, channel) => {
      off = Math.max(off, Math.abs(level - pixels[(y * width + x) * 4 + channel]!));
    });
  return off;
}

function rgbOf([luma, blueness, redness]: Yuv, space: ColourSpace, range: Range): number[] {
  const [kr, kb] = weights[space];
  const kg = 1 - kr - kb;
  const y = range === 'full' ? luma / 255 : (luma - 16) / 219;
  const [b, r] = [blueness, redness].map((level) => (level - 128) / (range === 'full' ? 255 : 224)) as [number, number];
  const [red, blue] = [y + 2 * (1 - kr) * r, y + 2 * (1 - kb) * b];
  return [red, (y - kr * red - kb * blue) / kg, blue, 1].map((part) => Math.min(1, Math.max(0, part)) * 255);
}
