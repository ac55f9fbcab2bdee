/** A caller's fragment shader, compiled. */
import { assertGiven, isObject } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import { ofAnother, type Maker } from './picture.js';

/** A name, and how many numbers it has: 1 to 4. */
export type UniformSizes = Readonly<Record<string, 1 | 2 | 3 | 4>>;

/** Of each uniform, one number or a list of as many as it has. */
export type UniformValues = Readonly<Record<string, number | readonly number[]>>;

/** Throws ERR_USAGE for what GLSL does not take as a name, and for another size. */
export function checkUniforms(uniforms: UniformSizes): void {
  assertGiven(isObject(uniforms), uniforms, 'record of uniforms', 'give each one’s name and size: { speed: 1 }');
  for (const [name, size] of Object.entries(uniforms)) {
    assertGiven(/^[A-Za-z_]\w{0,127}$/.test(name), name, 'name of a uniform', 'give a name as GLSL takes it');
    assertGiven([1, 2, 3, 4].includes(size), size, 'size of a uniform', 'a float has 1 number, a vec4 has 4');
  }
}

/** Made by `Gl.createEffect`; a layer of a scene draws it. */
export class Effect {
  #closed = false;
  readonly #sizes: ReadonlyMap<string, number>;
  /** Numbers of all its uniforms. @internal */
  readonly valueCount: number;

  /** Use `Gl.createEffect`. @internal */
  constructor(
    private readonly id: number,
    sizes: UniformSizes,
    private readonly maker: Maker,
  ) {
    this.#sizes = new Map(Object.entries(sizes));
    this.valueCount = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** For the GPU's thread. Throws ERR_CLOSED, and ERR_USAGE for the effect of another `Gl`. @internal */
  numberFor(maker: Maker): number {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The effect is closed');
    if (maker !== this.maker) throw ofAnother('effect');
    return this.id;
  }

  /** Each number in the order in which the uniforms were named; 0 where none is given. Throws ERR_USAGE. @internal */
  eachValue(uniforms: UniformValues = {}, take: (value: number) => void): void {
    for (const name of Object.keys(uniforms)) if (!this.#sizes.has(name)) throw this.#noSuch(name);
    for (const [name, size] of this.#sizes) {
      const given = uniforms[name] ?? 0;
      const count = typeof given === 'number' ? 1 : given.length;
      if (given !== 0 && count !== size)
        throw new GuestheadError('ERR_USAGE', `The uniform ${name} has ${size} numbers, and ${count} were given`);
      for (let index = 0; index < size; index++) take(typeof given === 'number' ? given : (given[index] ?? NaN));
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.maker.remove(this.id);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #noSuch(name: string): GuestheadError {
    const known = [...this.#sizes.keys()];
    return new GuestheadError('ERR_USAGE', `The effect has no uniform ${name}`, {
      advice: known.length === 0 ? 'name its uniforms in `createEffect`' : `it has ${known.join(', ')}`,
    });
  }
}
