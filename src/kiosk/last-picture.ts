/**
 * What a head has shown last, kept while it is dark: where no window is and nothing else is to be seen there, it is to be seen again
 * afterwards. Its buffer may be another picture's by then, and its client gone.
 */
import type { RenderMemory } from '../buffer/index.js';
import type { Frame } from '../loop/index.js';
import { access, type Native, type NativeMapping } from '../native/index.js';

interface Kept {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

export class LastPicture {
  /** Of what was presented last, while it is there. */
  #memory: RenderMemory | undefined;
  readonly #heard = new WeakSet<RenderMemory>();
  #kept: Kept | undefined;

  constructor(private readonly addon: Pick<Native, 'mapDmabuf'>) {}

  /** It is on its way to the screen. */
  presented(memory: RenderMemory): void {
    this.#memory = memory;
    this.#kept = undefined;
    if (this.#heard.has(memory)) return;
    this.#heard.add(memory);
    memory.onClose(() => {
      if (this.#memory === memory) this.#memory = undefined;
    });
  }

  /** Copies it: what is presented from now on is not told, until it is to be seen again. */
  keep(): void {
    this.#kept ??= this.#memory && copyOf(this.#memory, this.addon);
  }

  /** Whether there is one to be shown again. */
  get kept(): boolean {
    return this.#kept !== undefined;
  }

  /** Draws it where the frame is of its size; it is not kept any longer. */
  drawInto({ width, height, stridePixels, pixels }: Frame): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept?.width !== width || kept.height !== height) return;
    for (let row = 0; row < height; row++)
      pixels.set(kept.pixels.subarray(row * width, (row + 1) * width), row * stridePixels);
  }
}

/** Undefined where the CPU cannot read it. */
function copyOf({ width, height, planes }: RenderMemory, addon: Pick<Native, 'mapDmabuf'>): Kept | undefined {
  const [plane] = planes;
  if (plane === undefined) return undefined;
  const { fd, offsetBytes, strideBytes } = plane;
  try {
    const mapping = addon.mapDmabuf(fd, offsetBytes + strideBytes * height, access.read);
    try {
      return { width, height, pixels: readRows(mapping, { width, height, offsetBytes, strideBytes }) };
    } finally {
      mapping.close();
    }
  } catch {
    return undefined;
  }
}

interface Rows {
  readonly width: number;
  readonly height: number;
  readonly offsetBytes: number;
  readonly strideBytes: number;
}

/** Side by side. */
function readRows(mapping: NativeMapping, { width, height, offsetBytes, strideBytes }: Rows): Uint32Array {
  const pixels = new Uint32Array(width * height);
  mapping.beginAccess(access.read);
  for (let row = 0; row < height; row++)
    pixels.set(new Uint32Array(mapping.buffer, offsetBytes + row * strideBytes, width), row * width);
  mapping.endAccess(access.read);
  return pixels;
}
