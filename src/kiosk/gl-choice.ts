/** Whether the GPU draws what cannot be shown as it is, or the CPU. */
import { GuestheadError } from '../errors.js';
import type { Gl } from '../gl/index.js';
import type { Gpus, HeadInfo } from '../head/index.js';

/** `auto`: the GPU, where there is one. */
export type DrawnBy = 'auto' | 'gpu' | 'cpu';

/** Opens GL, which is loaded then and not before; rejects where it cannot be had, or is not to be. */
export type OpenGl = () => Promise<Gl>;

/**
 * Undefined where the CPU draws. A renderer on the processor is no gain: it draws there too, later than pixman and into a copy. A
 * stand-in for a GPU has no other, and is not even asked.
 */
export function openGlFor(
  drawnBy: DrawnBy,
  gpus: Pick<Gpus, 'openGl'> | undefined,
  { render }: Pick<HeadInfo, 'render'>,
): OpenGl | undefined {
  if (gpus === undefined || drawnBy === 'cpu') return undefined;
  if (drawnBy === 'gpu') return () => gpus.openGl();
  if (render.standIn) return undefined;
  return async () => {
    const gl = await gpus.openGl();
    if (!gl.info.software) return gl;
    throw new GuestheadError('ERR_UNSUPPORTED', `${gl.info.renderer} draws on the processor, where pixman is faster`);
  };
}
