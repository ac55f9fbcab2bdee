/** What the thread says of a failure, as an error with advice. */
import { drawingAdvice } from '../ffi/index.js';
import { GuestheadError, type ErrorCode } from '../errors.js';
import type { GlFailure } from '../native/index.js';

export type JobName =
  | 'open'
  | 'importDmabuf'
  | 'createPicture'
  | 'createOffscreen'
  | 'createEffect'
  | 'compose'
  | 'readPixels';

const failed: Readonly<Record<JobName, string>> = {
  open: 'GL cannot be had',
  importDmabuf: 'The GPU does not take the dma-buf',
  createPicture: 'The GPU does not take the picture',
  createOffscreen: 'The GPU does not take the picture',
  createEffect: 'The shader does not compile',
  compose: 'The drawing failed',
  readPixels: 'The pixels cannot be read',
};

/** What to do where a software renderer is given the memory of another device, in which it would crash. */
export const ownMemoryAdvice =
  'a software renderer maps only memory of the render GPU’s own node: draw on the path import or copy, or with the CPU';

/** Of a call that can fail in one way. */
const adviceOnCalls: Readonly<Record<string, string>> = {
  DRM_IOCTL_MODE_MAP_DUMB: ownMemoryAdvice,
};

const advice: Partial<Record<ErrorCode, string>> = {
  ERR_UNSUPPORTED: 'see `guesthead probe` for what the driver has, or draw with the CPU',
  ERR_IMPORT_REFUSED:
    'see `Gl.info.formats` for the formats and modifiers that the driver takes; a linear buffer is the likeliest',
  ERR_DEVICE_LOST: 'the context has been made anew: draw again, and more simply where it was this drawing’s fault',
  ERR_SHADER:
    'the lines are those of the source: give `mainImage`, and the uniforms that it names; `#version`, `precision` and `main` come with it',
  ERR_ALLOCATION: 'close what is not drawn any more',
};

export function explain(
  job: JobName,
  { code, operation, message }: GlFailure,
  device: string | undefined,
): GuestheadError {
  const known = code as ErrorCode;
  const errno = known === 'ERR_SYSTEM' ? Number(message) : undefined;
  const says = message === '' || errno !== undefined ? '' : `: ${message.trim()}`;
  return new GuestheadError(known, `${failed[job]}${says}`, {
    ...{ operation, device, errno },
    advice: adviceOnCalls[operation] ?? adviceOn(known),
  });
}

function adviceOn(code: ErrorCode): string | undefined {
  return code === 'ERR_LIBRARY_MISSING' ? `${drawingAdvice()}, or draw with the CPU` : advice[code];
}
