/** Work for the GPU: a drawing over the whole target that takes about so long, and leaves garbage. */
import type { Effect, Gl, GlPicture, Layer } from '../gl/index.js';
import { unfinishedColours } from '../render/index.js';
import type { Size } from './pattern.js';

/**
 * Squares of `unfinishedColours`, so that a frame which is shown before it is finished looks wrong. The loop's result decides the colour, or a compiler would leave the loop out. GLES 2 wants a loop's bounds constant.
 */
const shader = `
const vec4 one = ${vector(unfinishedColours[0])};
const vec4 other = ${vector(unfinishedColours[1])};
void mainImage(out vec4 colour, in vec2 position) {
  float value = fract(position.x * 0.37 + position.y * 0.61);
  for (int i = 0; i < 16384; i++) {
    if (float(i) >= rounds) break;
    value = fract(value * 1.7 + 0.31);
  }
  float odd = mod(floor(position.x / 16.0) + floor(position.y / 16.0) + float(iFrame), 2.0);
  colour = value < 2.0 && odd < 0.5 ? one : other;
}`;

/** Of the loop above. */
const mostRounds = 16_384;
const firstRounds = 8;
/** Of each measurement, the quickest counts: another process's time is not the GPU's. */
const tries = 3;

/** Made with `create`; its GPU objects go with `close`. */
export class Load {
  #rounds = 0;
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

  /** What it takes, as measured: more than was asked for where one look at each pixel takes that long already. */
  get ms(): number {
    return this.#ms;
  }

  isFor({ width, height }: Size): boolean {
    return this.#size?.width === width && this.#size.height === height;
  }

  /** Finds out how many rounds take so long on a target of this size, each drawing waited for by the GPU's thread. */
  async calibrate(size: Size): Promise<void> {
    const target = await this.gl.createOffscreen(size.width, size.height);
    try {
      await this.#time(target, size, 1); // compiles
      const baseMs = await this.#quickest(target, size, 0);
      const rounds = await this.#find(target, size, baseMs);
      this.#rounds = Math.min(mostRounds, rounds);
      this.#ms = await this.#quickest(target, size, this.#rounds);
      this.#size = size;
    } finally {
      target.close();
    }
  }

  layer({ width, height }: Size, frame: number): Layer {
    return this.#layer({ width, height }, frame, this.#rounds);
  }

  close(): void {
    this.effect.close();
  }

  /** Doubles the rounds until they tell from noise, then reckons: the time grows in proportion. */
  async #find(target: GlPicture, size: Size, baseMs: number): Promise<number> {
    if (baseMs >= this.wantedMs) return 0;
    for (let rounds = firstRounds; ; rounds *= 2) {
      const ms = await this.#time(target, size, rounds);
      const enough = ms >= this.wantedMs || rounds >= mostRounds;
      if (enough) return Math.round((rounds * (this.wantedMs - baseMs)) / Math.max(ms - baseMs, 0.001));
    }
  }

  async #quickest(target: GlPicture, size: Size, rounds: number): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < tries; i++) least = Math.min(least, await this.#time(target, size, rounds));
    return least;
  }

  async #time(target: GlPicture, size: Size, rounds: number): Promise<number> {
    let ms = 0;
    const jobs = this.gl.jobs$.subscribe(({ drawMs }) => (ms = drawMs));
    await this.gl.compose(target, { layers: [this.#layer(size, 0, rounds)], fence: 'finish' });
    jobs.unsubscribe();
    return ms;
  }

  #layer({ width, height }: Size, frame: number, rounds: number): Layer {
    return { effect: this.effect, to: { x: 0, y: 0, width, height }, frame, uniforms: { rounds } };
  }
}

function vector(colour: number): string {
  const channels = [16, 8, 0].map((shift) => (((colour >> shift) & 0xff) / 0xff).toFixed(6));
  return `vec4(${channels.join(', ')}, 1.0)`;
}
