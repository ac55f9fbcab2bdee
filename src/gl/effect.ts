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

interface Uniform {
  readonly name: string;
  readonly size: number;
}

/** Made by `Gl.createEffect`; a layer of a scene draws it. */
export class Effect {
  #closed = false;
  readonly #uniforms: readonly Uniform[];
  /** Numbers of all its uniforms. @internal */
  readonly valueCount: number;

  /** Use `Gl.createEffect`. @internal */
  constructor(
    private readonly id: number,
    sizes: UniformSizes,
    private readonly maker: Maker,
  ) {
    this.#uniforms = Object.entries(sizes).map(([name, size]) => ({ name, size }));
    this.valueCount = this.#uniforms.reduce((sum, { size }) => sum + size, 0);
  }

  /** For the GPU's thread. Throws ERR_CLOSED, and ERR_USAGE for the effect of another `Gl`. @internal */
  numberFor(maker: Maker): number {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The effect is closed');
    if (maker !== this.maker) throw ofAnother('effect');
    return this.id;
  }

  /**
   * Writes `valueCount` numbers from `at` on, in the order in which the uniforms were named; 0 where none is given. Throws ERR_USAGE.
   * @internal
   */
  write(uniforms: UniformValues = {}, into: Float64Array, at: number): void {
    let known = 0;
    for (const uniform of this.#uniforms) {
      const given = uniforms[uniform.name];
      if (given !== undefined) known++;
      put(uniform, given ?? 0, into, at);
      at += uniform.size;
    }
    const names = Object.keys(uniforms);
    if (names.length > known) this.#checkNames(names);
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

  /** One that is given as undefined is not given. */
  #checkNames(names: readonly string[]): void {
    const known = this.#uniforms.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new GuestheadError('ERR_USAGE', `The effect has no uniform ${unknown}`, {
      advice: known.length === 0 ? 'name its uniforms in `createEffect`' : `it has ${known.join(', ')}`,
    });
  }
}

function put({ name, size }: Uniform, given: number | readonly number[], into: Float64Array, at: number): void {
  const isOne = typeof given === 'number';
  const count = isOne ? 1 : given.length;
  if (given !== 0 && count !== size)
    throw new GuestheadError('ERR_USAGE', `The uniform ${name} has ${size} numbers, and ${count} were given`);
  for (let part = 0; part < size; part++) into[at + part] = isOne ? given : (given[part] ?? NaN);
}
