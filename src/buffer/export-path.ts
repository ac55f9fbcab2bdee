/**
 * The `export` path: dumb buffer on the display → dma-buf → imported into the
 * render GPU, which draws there. Works on any kernel: the way of the "dumb
 * scanout device", and of Mesa's KMSRO. No pixel is copied in the guest.
 */
import { format, type DmabufFd, type FramebufferId, type GemHandle } from '../ffi/index.js';
import { Owner } from '../owner.js';
import { checkLayout, type PictureLayout } from './check.js';
import { paddedSize } from './padding.js';
import { exportOwned, framebufferOwned, linearLayout, renderUsage, type PathDevices, type Size } from './path.js';
import { ScanoutBuffer } from './scanout-buffer.js';

export function createExportedBuffer(devices: PathDevices, size: Size): ScanoutBuffer {
  const { native, gbm } = devices;
  const owner = new Owner();
  return owner.guard(() => {
    const { layout, framebuffer, fd } = createDumbFramebuffer(owner, devices, size);
    const usage = renderUsage;
    owner.own(gbm.importDmabuf({ fd, ...size, format: format.XRGB8888, stride: layout.stride, usage }));
    return new ScanoutBuffer({ native, layout, framebuffer, shownFd: fd, drawnFd: fd, owner });
  });
}

/** A dumb buffer of the display with its framebuffer and its dma-buf. */
export function createDumbFramebuffer(
  owner: Owner,
  { display, handles }: PathDevices,
  size: Size,
): { layout: PictureLayout; framebuffer: FramebufferId; fd: DmabufFd } {
  const { handle, pitch } = display.buffers.createDumb({ ...paddedSize(size), bpp: 32 });
  handles.adopt(handle);
  owner.own<GemHandle>(handle, (dumb) => {
    handles.release(dumb);
  });
  const fd = exportOwned(owner, display, handle);
  const layout = linearLayout(size, pitch, fd);
  checkLayout(layout);
  return { layout, framebuffer: framebufferOwned(owner, display, layout, handle), fd };
}
