/** Work for the GPU: a drawing over the whole target that takes about so long, and leaves garbage. */
import type { Effect, Gl, Scene, Surface } from '../gl/index.js';
import { unfinishedColours } from '../render/index.js';
import type { Size } from './pattern.js';

/** The loop's result decides the colour, or a compiler would leave the loop out. GLES 2 wants a loop's bounds constant. */
const shader = `
uniform float rounds;
void mainImage(out vec4 colour, in vec2 position) {
  float value = fract(position.x * 0.37 + position.y * 0.61);
  for (int i = 0; i < 16384; i++) {
    if (float(i) >= rounds) break;
    value = fract(value * 1.7 + 0.31);
  }
  colour = value < 2.0 ? ${vector(unfinishedColours[1])} : vec4(0.0);
}`;

const [red, green, blue] = channelsOf(unfinishedColours[0]);
const garbage = [red, green, blue, 1] as const;

/** Of the loop above. */
const mostRounds = 16_384;
/** Pixels: of the square that is worked on, as little as a software renderer is busy with for some ms; it grows for a quick GPU. */
const firstSide = 32;
/** Of each measurement, the quickest counts: another process's time is not the GPU's. */
const tries = 3;

interface Work {
  /** Pixels, of a square that the target's edges cut off. */
  readonly side: number;
  readonly rounds: number;
}

/** Made with `create`; its GPU objects go with `close`. */
export class Load {
  #work: Work = { side: firstSide, rounds: 0 };
  #ms = 0;
  #size: Size | undefined;

  private constructor(
    private readonly gl: Gl,
    private readonly effect: Effect,
    private readonly wantedMs: number,
  ) {}

  /** Compiles it; rejects as `Gl.createEffect` does. */
  static async create(gl: Gl, wantedMs: number): Promise<Load> {
    return new Load(gl, await gl.createEffect(shader, { rounds: 1 }), wantedMs);
  }

  /** What it takes, as measured: more than was asked for where the target's garbage alone takes that long. */
  get ms(): number {
    return this.#ms;
  }

  isFor({ width, height }: Size): boolean {
    return this.#size?.width === width && this.#size.height === height;
  }

  /** Finds out how much work takes so long on a target of this size, each drawing waited for by the GPU's thread. */
  async calibrate(target: Surface, { width, height }: Size): Promise<void> {
    const size = { width, height };
    await this.#time(target, size, this.#work); // compiles
    this.#work = await this.#find(target, size);
    this.#ms = await this.#quickest(target, size, this.#work);
    this.#size = size;
  }

  /** The whole target in one colour of `unfinishedColours`, which looks wrong where it is shown, and the work in the other. */
  scene(size: Size): Pick<Scene, 'layers' | 'background'> {
    return this.#scene(size, this.#work);
  }

  close(): void {
    this.effect.close();
  }

  /** Doubles the rounds, and then the square's side, until they take as long, then reckons: the time grows in proportion. */
  async #find(target: Surface, size: Size): Promise<Work> {
    const noWork = { side: firstSide, rounds: 0 };
    const baseMs = await this.#quickest(target, size, noWork);
    if (baseMs >= this.wantedMs) return noWork;
    for (let side = firstSide; ; side *= 2)
      for (let rounds = 16; rounds <= mostRounds; rounds *= 2) {
        const ms = await this.#quickest(target, size, { side, rounds });
        const isAll = side >= Math.max(size.width, size.height) && rounds === mostRounds;
        if (ms < this.wantedMs && !isAll) continue;
        const share = Math.min(1, (this.wantedMs - baseMs) / Math.max(ms - baseMs, 0.001));
        return { side, rounds: Math.round(rounds * share) };
      }
  }

  async #quickest(target: Surface, size: Size, work: Work): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < tries; i++) least = Math.min(least, await this.#time(target, size, work));
    return least;
  }

  async #time(target: Surface, size: Size, work: Work): Promise<number> {
    let ms = 0;
    const jobs = this.gl.jobs$.subscribe(({ drawMs }) => (ms = drawMs));
    await this.gl.compose(target, { ...this.#scene(size, work), fence: 'finish' });
    jobs.unsubscribe();
    return ms;
  }

  #scene({ width, height }: Size, { side, rounds }: Work): Pick<Scene, 'layers' | 'background'> {
    const to = { x: 0, y: 0, width: Math.min(width, side), height: Math.min(height, side) };
    return { background: garbage, layers: [{ effect: this.effect, to, uniforms: { rounds } }] };
  }
}

function vector(colour: number): string {
  return `vec4(${channelsOf(colour)
    .map((channel) => channel.toFixed(6))
    .join(', ')}, 1.0)`;
}

function channelsOf(colour: number): readonly [number, number, number] {
  return [((colour >> 16) & 0xff) / 0xff, ((colour >> 8) & 0xff) / 0xff, (colour & 0xff) / 0xff];
}
