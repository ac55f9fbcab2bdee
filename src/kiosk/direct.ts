/** Whether a scene is one client's buffer as it is, which the display can show without anything being drawn. */
import type { ClientBuffer } from '../buffer/index.js';
import { isIdentity } from './affine.js';
import type { Backdrop } from './backdrop.js';
import type { Content } from './content.js';
import type { Imports } from './imports.js';
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';
import { covers } from './visible.js';

export const black = 0;

/** A client's buffer to be shown as it is. */
export interface Way {
  readonly buffer: ClientBuffer;
  readonly content: Content;
}

/** That one, or why the scene has to be drawn. */
export function wayOf(
  nodes: readonly SceneNode[],
  placement: Placement,
  background: Backdrop,
  imports: Pick<Imports, 'of'>,
): Way | string {
  const node = soleNode(nodes, placement, background);
  if (typeof node === 'string') return node;
  const { content } = node.surface.current;
  const buffer = content === undefined ? 'nothing is shown' : imports.of(content);
  return typeof buffer === 'string' || content === undefined ? (buffer as string) : { buffer, content };
}

/**
 * The only surface to be seen, or why the scene has to be drawn. The display ignores alpha, which is what being over black means:
 * alpha is premultiplied.
 */
function soleNode(nodes: readonly SceneNode[], placement: Placement, background: Backdrop): SceneNode | string {
  const [node, ...others] = nodes;
  if (node === undefined) return 'nothing is shown';
  if (others.length > 0) return 'several surfaces are seen';
  if (placement.geometry.transform !== 0) return 'the head is turned';
  const { width, height } = placement.geometry;
  if (!isIdentity(placement.toBuffer(node, placement.boxOf(node)))) return 'the buffer is scaled or turned';
  const { content } = node.surface.current;
  if (!covers(node, placement)) return 'it does not fill the head';
  if (background !== black && !isOpaque(node)) return 'something may be seen through it';
  if (content?.width !== width || content.height !== height) return 'the buffer is not of the head’s size';
  return node;
}
