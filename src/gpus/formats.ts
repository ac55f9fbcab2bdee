/** Which pixel formats the display shows and the render GPU draws. */
import type { DrmNode } from '../device/index.js';
import { format, formatName, gbmUsage, getPlane, getPlanes } from '../ffi/index.js';
import { sharedBy, type Display } from './display.js';

const drawnLinear = gbmUsage.linear | gbmUsage.rendering;
const names = new Map<number, string>(Object.entries(format).map(([name, code]) => [code, name]));

/**
 * By their names in drm_fourcc.h without the prefix (`XRGB8888`): what every primary plane of the
 * display scans out and the GPU renders to in linear buffers, in the display's order. Heads
 * need XRGB8888, which is the only one that virtio-gpu has. Asked anew at each call.
 * Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone.
 */
export function sharedFormats(display: Display): string[] {
  const { shows, renders } = sharedBy(display).devices;
  const [first = [], ...others] = primaryFormats(shows.node);
  return first
    .filter((code) => others.every((formats) => formats.includes(code)))
    .filter((code) => renders.gbm.supports(code, drawnLinear))
    .map((code) => names.get(code) ?? formatName(code));
}

function primaryFormats(node: DrmNode): (readonly number[])[] {
  const primary = getPlanes(node.fd).filter((id) => {
    const type = node.properties(id, 'plane').get('type');
    return type !== undefined && type.value === type.enums.get('Primary');
  });
  return primary.map((id) => getPlane(node.fd, id).formats);
}
