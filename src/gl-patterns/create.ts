/** From a pattern's name to the pattern. */
import type { Gl } from '../gl/index.js';
import { createGlBars, createGlCounter } from './bars.js';
import { createCube } from './cube.js';
import { createLatency } from './latency.js';
import type { Captions, GlPattern, GlPatternName } from './pattern.js';
import { createPlasma } from './plasma.js';
import { createSmpte } from './smpte.js';

type Create = (gl: Gl, captions: () => Captions) => GlPattern | Promise<GlPattern>;

const creators: Record<GlPatternName, Create> = {
  bars: createGlBars,
  counter: createGlCounter,
  none: () => ({ coded: false, layers: () => [], close: () => undefined }),
  smpte: createSmpte,
  cube: createCube,
  plasma: createPlasma,
  latency: createLatency,
};

/**
 * - `bars` and `counter`: the CPU's, to the same pixel;
 * - `smpte`: the bars of SMPTE EG 1 with the frame's number, its rate, the path and the devices;
 * - `cube`: a textured cube that turns; `plasma`: an effect of every pixel;
 * - `latency`: marks for a camera, and the time at which the frame was drawn;
 * - `none`: the picture is only cleared.
 *
 * Rejects as `Gl.createEffect` and `createPicture` do.
 */
export async function createGlPattern(gl: Gl, name: GlPatternName, captions: () => Captions): Promise<GlPattern> {
  return creators[name](gl, captions);
}
