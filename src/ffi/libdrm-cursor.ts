/**
 * The cursor by the kernel's own cursor ioctls, which need DRM master and no client
 * capability. `fd` is an open primary node, owned by the caller. A failed call throws
 * GuestheadError, `ERR_UNSUPPORTED` where the CRTC has no hardware cursor.
 *
 * Each is a commit of the cursor alone that waits for a flip under way on the CRTC,
 * and for no vblank after that.
 */
import { constants } from 'node:os';
import { check, errnoOfResult, failure, type Call } from './failures.js';
import type { CrtcId, GemHandle } from './ids.js';
import { libdrm } from './libdrm-library.js';

export interface CursorShape {
  /** A linear ARGB8888 buffer, premultiplied, whose pitch is its width × 4; the kernel keeps it while it shows. */
  readonly handle: GemHandle;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Which of the pixels points. */
  readonly hotspot: { readonly x: number; readonly y: number };
}

/** Shows a cursor where `moveCursor` put it, or none. */
export function setCursor(fd: number, crtc: CrtcId, shape: CursorShape | undefined): void {
  const { handle = 0, width = 0, height = 0, hotspot = { x: 0, y: 0 } } = shape ?? {};
  const result = libdrm().drmModeSetCursor2(fd, crtc, handle, width, height, hotspot.x, hotspot.y);
  checkCursor(result, { fd, operation: 'drmModeSetCursor2', what: `Cannot set the cursor of CRTC ${crtc}` });
}

/** Puts the cursor's upper left corner at a pixel of the CRTC, which may lie outside of it. */
export function moveCursor(fd: number, crtc: CrtcId, x: number, y: number): void {
  const result = libdrm().drmModeMoveCursor(fd, crtc, x, y);
  checkCursor(result, { fd, operation: 'drmModeMoveCursor', what: `Cannot move the cursor of CRTC ${crtc}` });
}

/** Here ENXIO is no lost device, but drm_mode_cursor_common()'s word for a CRTC without a cursor. */
function checkCursor(result: number, call: Call): void {
  const errno = result < 0 ? errnoOfResult(result) : undefined;
  if (errno === constants.errno.ENXIO)
    throw failure(
      'ERR_UNSUPPORTED',
      call,
      errno,
      'Draw the pointer into the picture: this display has no cursor plane',
    );
  check(result, call);
}
