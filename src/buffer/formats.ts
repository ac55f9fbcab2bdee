/** The numbers of drm_fourcc.h that callers give and get. */
import { format, INVALID, LINEAR } from '../ffi/index.js';

/** DRM_FORMAT_*, four-character codes, by their names there: `formats.XRGB8888` is DRM_FORMAT_XRGB8888. */
export const formats = format;

/** DRM_FORMAT_MOD_*, by their names there. `INVALID` says that the layout is unknown. */
export const modifiers = { LINEAR, INVALID } as const;
