/** Which pixel formats the display shows and the render GPU draws, and in which layouts. */
import type { Allocator, KmsNode } from '../device/index.js';
import { format, formatName, gbmUsage, LINEAR, parseInFormats, type BlobId, type PlaneId } from '../ffi/index.js';
import type { OpenGpus } from './open-gpus.js';

/** A format that both GPUs have. */
export interface FormatInfo {
  /** Its four-character code, as in drm_fourcc.h, Wayland and Vulkan's and EGL's imports. */
  readonly fourcc: number;
  /** drm_fourcc.h's name without the prefix, e.g. `XRGB8888`. */
  readonly name: string;
  /** The layouts that both have: 0n is linear. A display that knows no modifiers, as virtio-gpu, shows linear ones only. */
  readonly modifiers: readonly bigint[];
}

/** By four-character code, in the plane's order. */
export type PlaneFormats = ReadonlyMap<number, readonly bigint[]>;

const drawnLinear = gbmUsage.linear | gbmUsage.rendering;
const names = new Map<number, string>(Object.entries(format).map(([name, code]) => [code, name]));

/** In the display's order; see `Gpus.formats`. Asked anew. */
export function sharedFormats({ display, render }: OpenGpus): FormatInfo[] {
  return commonFormats(primaryFormats(display.node), (code, modifier) => draws(render.gbm, code, modifier));
}

/** What every plane has and the GPU draws. */
export function commonFormats(
  [first = new Map(), ...others]: readonly PlaneFormats[],
  isDrawn: (fourcc: number, modifier: bigint) => boolean,
): FormatInfo[] {
  const shared = [...first].map(([fourcc, modifiers]) => ({
    fourcc,
    name: names.get(fourcc) ?? formatName(fourcc),
    modifiers: modifiers.filter(
      (modifier) => others.every((plane) => plane.get(fourcc)?.includes(modifier)) && isDrawn(fourcc, modifier),
    ),
  }));
  return shared.filter(({ modifiers }) => modifiers.length > 0);
}

function draws(gbm: Allocator, fourcc: number, modifier: bigint): boolean {
  return modifier === LINEAR ? gbm.supports(fourcc, drawnLinear) : gbm.takesModifier(fourcc, modifier);
}

/** Of each primary plane of the display. */
export function primaryFormats(node: KmsNode): PlaneFormats[] {
  const primary = node.kms.getPlanes().filter((id) => {
    const type = node.properties(id, 'plane').get('type');
    return type !== undefined && type.value === type.enums.get('Primary');
  });
  return primary.map((id) => formatsOf(node, id));
}

/** Without IN_FORMATS the driver takes no modifiers: what it is given is linear, as far as we ask for it. */
function formatsOf(node: KmsNode, plane: PlaneId): PlaneFormats {
  const blob = Number(node.properties(plane, 'plane').get('IN_FORMATS')?.value ?? 0n) as BlobId;
  const told = blob === 0 ? undefined : parseInFormats(node.kms.getBlob(blob));
  return told ?? new Map(node.kms.getPlane(plane).formats.map((code) => [code, [LINEAR]]));
}
