/** The numbers of drm_fourcc.h that callers give and get. */
import { format, INVALID, LINEAR } from '../ffi/index.js';

/** DRM_FORMAT_*, four-character codes. */
export const formats = format;

/** DRM_FORMAT_MOD_*. `invalid` says that the layout is unknown. */
export const modifiers = { linear: LINEAR, invalid: INVALID } as const;
