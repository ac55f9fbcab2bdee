/** One picture of a hardware cursor: a dumb buffer of the display, mapped for as long as it lives. */
import { closeSync } from 'node:fs';
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { GemHandle } from '../ffi/index.js';
import { access, type Native } from '../native/index.js';
import { Owner } from '../owner.js';

/** Pixels each way: what virtio-gpu, QEMU and every other driver take. */
export const cursorSize = 64;
const bytes = cursorSize * cursorSize * 4;

export interface CursorImage {
  readonly handle: GemHandle;
  /** `cursorSize`² pixels, ARGB, premultiplied; only while the kernel does not show it. */
  draw(pixels: Uint32Array): void;
  close(): void;
}

export function createCursorImage(native: Native, display: KmsNode): CursorImage {
  const owner = new Owner();
  return owner.guard(() => {
    const { handle, pitch } = display.buffers.createDumb({ width: cursorSize, height: cursorSize, bpp: 32 });
    owner.own(handle, (dumb) => {
      display.buffers.destroyDumb(dumb);
    });
    checkPitch(display, pitch);
    const fd = display.buffers.primeHandleToFd(handle, { readWrite: true });
    const mapping = mapAndClose(native, fd);
    owner.own(mapping);
    const draw = (pixels: Uint32Array) => {
      mapping.beginAccess(access.write);
      new Uint32Array(mapping.buffer, 0, cursorSize * cursorSize).set(pixels);
      mapping.endAccess(access.write);
    };
    const close = () => {
      owner.close();
    };
    return { handle, draw, close };
  });
}

/** The cursor ioctl takes no pitch. */
function checkPitch({ path }: KmsNode, pitch: number): void {
  if (pitch === cursorSize * 4) return;
  throw new GuestheadError('ERR_UNSUPPORTED', `A cursor's rows are ${pitch} bytes apart`, {
    device: path,
    advice: 'draw the pointer into the picture',
  });
}

/** The mapping holds what it maps. */
function mapAndClose(native: Native, fd: number) {
  try {
    return native.mapDmabuf(fd, bytes, access.readWrite);
  } finally {
    closeSync(fd);
  }
}
