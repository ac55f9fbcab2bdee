/** An effect of every pixel: four waves that move through each other. */
import type { Gl } from '../gl/index.js';
import type { GlPattern } from './pattern.js';

/** Blue stays between 0.4 and 0.6 of the whole: nothing of it looks like `unfinishedColours`. */
const shader = `
void mainImage(out vec4 colour, in vec2 position) {
  vec2 at = position / iResolution.y * 8.0;
  float value = sin(at.x + iTime) + sin(at.y * 0.7 + iTime * 1.3) + sin((at.x + at.y) * 0.5 + iTime * 0.7)
    + sin(length(at - vec2(6.0, 4.0)) * 1.5 - iTime * 2.0);
  vec3 waves = 0.5 + 0.5 * sin(vec3(0.0, 2.1, 4.2) + value * 1.6);
  colour = vec4(waves.r, waves.g, 0.4 + 0.2 * waves.b, 1.0);
}`;

export async function createPlasma(gl: Gl): Promise<GlPattern> {
  const effect = await gl.createEffect(shader);
  return {
    coded: true,
    layers: ({ width, height }, frame, time) => [
      { effect, to: { x: 0, y: 0, width, height }, timeSeconds: time, frame },
    ],
    close: () => {
      effect.close();
    },
  };
}
