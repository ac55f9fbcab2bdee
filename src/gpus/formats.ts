/** Which pixel formats the display shows and the render GPU draws. */
import type { KmsNode } from '../device/index.js';
import { format, formatName, gbmUsage } from '../ffi/index.js';
import type { OpenGpus } from './open-gpus.js';

const drawnLinear = gbmUsage.linear | gbmUsage.rendering;
const names = new Map<number, string>(Object.entries(format).map(([name, code]) => [code, name]));

/** By their names in drm_fourcc.h without the prefix, in the display's order; see `Gpus.formats`. Asked anew. */
export function sharedFormats({ display, render }: OpenGpus): string[] {
  const [first = [], ...others] = primaryFormats(display.node);
  return first
    .filter((code) => others.every((formats) => formats.includes(code)))
    .filter((code) => render.gbm.supports(code, drawnLinear))
    .map((code) => names.get(code) ?? formatName(code));
}

function primaryFormats(node: KmsNode): (readonly number[])[] {
  const primary = node.kms.getPlanes().filter((id) => {
    const type = node.properties(id, 'plane').get('type');
    return type !== undefined && type.value === type.enums.get('Primary');
  });
  return primary.map((id) => node.kms.getPlane(id).formats);
}
