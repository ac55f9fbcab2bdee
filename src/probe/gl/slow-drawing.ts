/** A drawing that keeps the GPU at work for long enough to see whether anybody waits for it. */
import type { Effect, FenceWish, Gl, Scene, Surface } from '../../gl/index.js';

/** Long enough to be seen pending, and more than two refresh cycles of any display. */
const wantedMs = 60;
/** Of the shader's loop, the most that one drawing makes. */
const mostRounds = 65_536;

const shader = `uniform float rounds;
void mainImage(out vec4 colour, in vec2 position) {
  float value = position.x + position.y;
  for (int i = 0; i < ${mostRounds}; i++) {
    if (float(i) >= rounds) break;
    value = fract(sin(value) * 437.58 + 1.0);
  }
  colour = vec4(value, value, value, 1.0);
}`;

export class SlowDrawing {
  private constructor(
    private readonly effect: Effect,
    private readonly rounds: number,
    private readonly width: number,
    private readonly height: number,
    /** How long the driver takes for it, as measured here. */
    readonly ms: number,
  ) {}

  /** Tries it on `target`, which must be as large as what it will be drawn into. */
  static async measured(gl: Gl, target: Surface, width: number, height: number): Promise<SlowDrawing> {
    const effect = await gl.createEffect(shader, { rounds: 1 });
    const take = (rounds: number, ms: number) => new SlowDrawing(effect, rounds, width, height, ms);
    await timed(gl, target, take(1, 0)); // the compiler's part
    for (let rounds = 8; ; rounds *= 2) {
      const ms = await timed(gl, target, take(rounds, 0));
      if (ms >= wantedMs || rounds >= mostRounds) return take(rounds, ms);
    }
  }

  scene(fence: FenceWish): Scene {
    const { effect, rounds, width, height } = this;
    return { layers: [{ to: { x: 0, y: 0, width, height }, effect, uniforms: { rounds } }], fence };
  }
}

async function timed(gl: Gl, target: Surface, drawing: SlowDrawing): Promise<number> {
  const from = performance.now();
  await gl.compose(target, drawing.scene('finish'));
  return performance.now() - from;
}
