/** A textured cube that turns: for each pixel, where its line of sight meets the cube. */
import type { Gl, Layer, MemoryPicture } from '../gl/index.js';
import { drawText } from '../render/index.js';
import type { GlPattern, Size } from './pattern.js';

const shader = `
mat3 turn(float a, float b) {
  mat3 around = mat3(cos(a), 0.0, -sin(a), 0.0, 1.0, 0.0, sin(a), 0.0, cos(a));
  return around * mat3(1.0, 0.0, 0.0, 0.0, cos(b), sin(b), 0.0, -sin(b), cos(b));
}
void mainImage(out vec4 colour, in vec2 position) {
  vec2 at = (position * 2.0 - iResolution.xy) / iResolution.y;
  mat3 view = turn(iTime * 0.7, iTime * 0.4);
  vec3 eye = view * vec3(0.0, 0.0, 4.0);
  vec3 sight = view * normalize(vec3(at, -2.0));
  vec3 near = (-sign(sight) - eye) / sight;
  vec3 far = (sign(sight) - eye) / sight;
  float enter = max(max(near.x, near.y), near.z);
  colour = vec4(0.08, 0.1, 0.14, 1.0);
  if (enter >= min(min(far.x, far.y), far.z)) return;
  vec3 hit = eye + sight * enter;
  vec3 face = -step(vec3(enter - 0.0001), near) * sign(sight);
  vec2 side = abs(face.x) > 0.5 ? vec2(-hit.z * face.x, hit.y)
    : abs(face.y) > 0.5 ? vec2(hit.x, -hit.z * face.y) : vec2(hit.x * face.z, hit.y);
  vec3 paint = texture2D(iChannel0, vec2(side.x, -side.y) * 0.5 + 0.5).rgb;
  float light = 0.45 + 0.5 * abs(dot(face, sight));
  colour = vec4(paint * light, 1.0);
}`;

/** Pixels, of the texture's sides. */
const side = 64;
/** Of each square of it; the same whichever way the channels are read. */
const squares = [0xffa0a0a0, 0xff707070] as const;
const ink = 0xffffffff;

/** What is drawn is a square as high as the picture; beside it the background is. */
export async function createCube(gl: Gl): Promise<GlPattern> {
  const effect = await gl.createEffect(shader.replace('texture2D', textureOf(gl)));
  const picture = await gl.createPicture(side, side, 'ABGR8888').catch((error: unknown) => {
    effect.close();
    throw error;
  });
  paint(picture);
  return {
    coded: true,
    layers: (size, frame, time) => [cubeLayer(size, frame, time)],
    close: () => {
      effect.close();
      picture.close();
    },
  };

  function cubeLayer({ width, height }: Size, frame: number, time: number): Layer {
    return { effect, to: { x: 0, y: 0, width, height }, timeSeconds: time, frame, pictures: [picture] };
  }
}

/** GLSL ES 1.00 calls it otherwise. */
function textureOf(gl: Gl): string {
  return gl.info.glVersion.includes('OpenGL ES 2') ? 'texture2D' : 'texture';
}

function paint({ pixels }: MemoryPicture): void {
  for (let at = 0; at < pixels.length; at++) {
    const odd = (((at % side) >> 3) + (Math.floor(at / side) >> 3)) & 1;
    pixels[at] = squares[odd === 1 ? 1 : 0];
  }
  ['guesthead', 'GL'].forEach((line, index) => {
    const left = Math.floor((side - line.length * 6) / 2);
    drawText(line, (x, y) => (pixels[(20 + index * 12 + y) * side + left + x] = ink));
  });
}
