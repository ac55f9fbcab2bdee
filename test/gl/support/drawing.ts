/** The same scene drawn by the GPU and by the reference. */
import type { Rectangle } from '../../../src/buffer/index.js';
import type { Colour, GlPicture, Layer } from '../../../src/gl/index.js';
import { rasterOf, type Bench } from './bench.js';
import { assertClose } from './compare.js';
import { drawn, type Drawing, type Expected } from './reference.js';
import type { Raster } from './raster.js';

export interface Part {
  readonly background?: Colour;
  readonly damage?: readonly Rectangle[];
}

/** Uploads each raster once. */
export class Pictures {
  readonly #pictures = new Map<Raster, Promise<GlPicture>>();

  constructor(private readonly bench: Bench) {}

  async layerOf(drawing: Drawing): Promise<Layer> {
    if ('colour' in drawing) return drawing;
    const { raster, ...how } = drawing;
    const picture = this.#pictures.get(raster) ?? this.bench.picture(raster);
    this.#pictures.set(raster, picture);
    return { ...how, picture: await picture };
  }

  async close(): Promise<void> {
    for (const picture of this.#pictures.values()) (await picture).close();
  }
}

/** Draws, and reads back. */
export async function draw(
  { gl }: Bench,
  target: GlPicture,
  pictures: Pictures,
  drawings: readonly Drawing[],
  part: Part = {},
): Promise<Raster> {
  const layers = await Promise.all(drawings.map((drawing) => pictures.layerOf(drawing)));
  const { fence } = await gl.compose(target, { ...part, layers });
  await fence?.signalled;
  fence?.close();
  return rasterOf(gl, target);
}

/** In a target of its own; throws where a channel is more than a level off. */
export async function check(
  bench: Bench,
  { width, height }: { readonly width: number; readonly height: number },
  drawings: readonly Drawing[],
  { background = [0.2, 0.4, 0.6, 0.8] }: Part = {},
): Promise<void> {
  const pictures = new Pictures(bench);
  const target = await bench.target(width, height);
  try {
    const actual = await draw(bench, target, pictures, drawings, { background });
    assertClose(actual, expectedOf(width, height, drawings, background), words(drawings));
  } finally {
    target.close();
    await pictures.close();
  }
}

function expectedOf(width: number, height: number, drawings: readonly Drawing[], background: Colour): Expected {
  return drawn({ width, height, rgba: new Uint8Array(width * height * 4) }, drawings, { background });
}

function words(drawings: readonly Drawing[]): string {
  return JSON.stringify(drawings, (key, value: unknown) => (key === 'raster' ? 'picture' : value));
}
