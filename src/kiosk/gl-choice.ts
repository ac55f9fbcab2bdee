/** Whether the GPU draws what cannot be shown as it is, or the CPU. */
import { GuestheadError } from '../errors.js';
import type { DrawName } from '../gl/choices.js';
import type { Drawn, Gl } from '../gl/index.js';
import type { Gpus, HeadInfo } from '../head/index.js';

/** Opens GL, which is loaded then and not before; rejects where it cannot be had, or is not to be. */
export type OpenGl = () => Promise<Gl>;

/** A scene that the GPU has been handed: what `compose`, called at `calledAt` of `performance.now()`, has come back with. */
export interface GpuDrawing {
  /** Its fence is borrowed for the call. */
  readonly drawn: Drawn;
  readonly calledAt: number;
}

/**
 * Undefined where the CPU draws. A renderer on the processor is no gain: it draws there too, later than pixman and into a copy. A
 * stand-in for a GPU has no other, and is not even asked. `onOpened`: it is what draws from now on.
 */
export function openGlFor(
  draw: DrawName,
  gpus: Pick<Gpus, 'openGl'> | undefined,
  { render }: Pick<HeadInfo, 'render'>,
  onOpened: (gl: Gl) => void = () => undefined,
): OpenGl | undefined {
  if (gpus === undefined || draw === 'cpu') return undefined;
  if (draw === 'auto' && render.standIn) return undefined;
  return async () => {
    const gl = await gpus.openGl();
    if (draw === 'auto' && gl.info.software) {
      const what = `${gl.info.renderer} draws on the processor, where pixman is faster`;
      throw new GuestheadError('ERR_UNSUPPORTED', what);
    }
    onOpened(gl);
    return gl;
  };
}
