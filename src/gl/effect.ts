/** A caller's fragment shader, compiled. */
import { GuestheadError } from '../errors.js';

/** A name, and how many numbers it has: 1 to 4. */
export type UniformSizes = Readonly<Record<string, 1 | 2 | 3 | 4>>;

/** Made by `Gl.createEffect`; a layer of a scene draws it. */
export class Effect {
  #closed = false;

  /** Use `Gl.createEffect`. */
  constructor(
    private readonly id: number,
    private readonly sizes: UniformSizes,
    private readonly onClose: (id: number) => void,
  ) {}

  /** For the GPU's thread. Throws ERR_CLOSED. */
  get number(): number {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The effect is closed');
    return this.id;
  }

  /** In the order in which the uniforms were declared; 0 where one is not given. Throws ERR_USAGE. */
  valuesOf(uniforms: Readonly<Record<string, number | readonly number[]>> = {}): readonly number[] {
    for (const name of Object.keys(uniforms)) if (!(name in this.sizes)) throw noSuch(name, this.sizes);
    return Object.entries(this.sizes).flatMap(([name, size]) => {
      const given = uniforms[name] ?? 0;
      const values = typeof given === 'number' ? [given] : given;
      if (values.length === size || given === 0) return Array.from({ length: size }, (_, index) => values[index] ?? 0);
      throw new GuestheadError('ERR_USAGE', `The uniform ${name} has ${size} numbers, and ${values.length} were given`);
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(this.id);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function noSuch(name: string, sizes: UniformSizes): GuestheadError {
  const known = Object.keys(sizes);
  return new GuestheadError('ERR_USAGE', `The effect has no uniform ${name}`, {
    advice: known.length === 0 ? 'name its uniforms in `createEffect`' : `it has ${known.join(', ')}`,
  });
}
