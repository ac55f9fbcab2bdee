/**
 * The `copy` path: drawn in a buffer of the render GPU, copied by the CPU into a
 * dumb buffer of the display, only the damaged part where the drawing names it.
 * Works anywhere.
 */
import { format, type DmabufFd } from '../ffi/index.js';
import { access, type Native } from '../native/index.js';
import { Owner } from '../owner.js';
import type { PictureLayout } from './check.js';
import { Damage } from './damage.js';
import { createDumbFramebuffer } from './export-path.js';
import { paddedSize } from './padding.js';
import { exportOwned, linearLayout, renderUsage, type PathDevices, type Size } from './path.js';
import { ScanoutBuffer } from './scanout-buffer.js';

export function createCopiedBuffer(devices: PathDevices, size: Size): ScanoutBuffer {
  const { native, gbm, render } = devices;
  const owner = new Owner();
  return owner.guard(() => {
    const shown = createDumbFramebuffer(owner, devices, size);
    const bo = owner.own(gbm.createBuffer({ ...paddedSize(size), format: format.XRGB8888, usage: renderUsage }));
    const drawnFd = exportOwned(owner, render, bo.handle);
    const layout = linearLayout(size, bo.stride(), drawnFd);
    const copy = copier(owner, native, shown.fd, shown.layout, layout);
    const damage = new Damage(size.width, size.height);
    const { framebuffer, fd: shownFd } = shown;
    return new ScanoutBuffer({ native, layout, framebuffer, shownFd, drawnFd, owner, copy, damage });
  });
}

/** Maps the display's memory for as long as the buffer lives. */
function copier(owner: Owner, native: Native, shownFd: DmabufFd, shown: PictureLayout, drawn: PictureLayout) {
  const target = owner.own(native.mapDmabuf(shownFd, shown.stride * shown.height, access.readWrite));
  return (source: ArrayBuffer, damage: Damage): number => {
    const { count } = damage;
    target.beginAccess(access.write);
    const copied = native.copyRectangles(target.buffer, shown.stride, source, drawn.stride, damage.rectangles, count);
    target.endAccess(access.write);
    return copied;
  };
}
