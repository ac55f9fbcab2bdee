/** The buffers that are drawn into, or from, as the GPU's thread knows them: each is imported once, and goes with its memory. */
import type { RenderMemory } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import type { Maker } from './picture.js';

/** 0 = not known to the thread. */
interface Known {
  number: number;
}

export class Memories {
  readonly #known = new WeakMap<RenderMemory, Known>();

  /** `add` has the thread import it, and gives the number and how that ends. */
  constructor(
    private readonly maker: Maker,
    private readonly add: (memory: RenderMemory) => readonly [number: number, imported: Promise<void>],
  ) {}

  /** Imports it where it is new. Throws as `add` does. */
  numberOf(memory: RenderMemory): number {
    const known = this.#known.get(memory) ?? this.#follow(memory);
    if (known.number === 0) this.#import(memory, known);
    return known.number;
  }

  #follow(memory: RenderMemory): Known {
    const known: Known = { number: 0 };
    this.#known.set(memory, known);
    memory.onClose(() => {
      if (known.number !== 0) this.maker.remove(known.number);
    });
    return known;
  }

  /** What the GPU refuses, it refuses again: whoever draws into it hears why. Another failure may pass, and is tried again. */
  #import(memory: RenderMemory, known: Known): void {
    const [number, imported] = this.add(memory);
    known.number = number;
    imported.catch((error: unknown) => {
      const { code } = error as GuestheadError;
      if (code !== 'ERR_IMPORT_REFUSED' && code !== 'ERR_UNSUPPORTED') known.number = 0;
    });
  }
}
