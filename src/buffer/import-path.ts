/**
 * The `import` path: GBM buffer on the render GPU → dma-buf → GEM handle on the
 * display → framebuffer. No pixel is copied.
 */
import { format } from '../ffi/index.js';
import { Owner } from '../owner.js';
import { paddedSize } from './padding.js';
import { exportOwned, importOwned, linearLayout, renderUsage, type PathDevices, type Size } from './path.js';
import { ScanoutBuffer } from './scanout-buffer.js';

export function createImportedBuffer(devices: PathDevices, size: Size): ScanoutBuffer {
  const { native, gbm, render } = devices;
  const owner = new Owner();
  return owner.guard(() => {
    const bo = owner.own(gbm.createBuffer({ ...paddedSize(size), format: format.XRGB8888, usage: renderUsage }));
    const fd = exportOwned(owner, render, bo.handle);
    const layout = { ...linearLayout(size, bo.stride(), fd), offset: bo.offset(0), modifier: bo.modifier };
    const framebuffer = importOwned(owner, devices, layout, fd, render.driver);
    return new ScanoutBuffer({ native, layout, framebuffer, shownFd: fd, drawnFd: fd, owner });
  });
}
