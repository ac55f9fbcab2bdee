/** Whether a scene is one client's buffer as it is, which the display can show without anything being drawn. */
import { identity } from './affine.js';
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';
import { fills } from './visible.js';

/** The only surface to be seen, or why the scene has to be drawn. */
export function soleNode(nodes: readonly SceneNode[], placement: Placement): SceneNode | string {
  const [node, ...others] = nodes;
  if (node === undefined) return 'nothing is shown';
  if (others.length > 0) return 'several surfaces are seen';
  if (placement.geometry.transform !== 0) return 'the head is turned';
  const { width, height } = placement.geometry;
  const map = placement.toBuffer(node, placement.boxOf(node));
  if (identity.some((value, index) => map[index] !== value)) return 'the buffer is scaled or turned';
  const { content } = node.surface.current;
  if (!fills(node, placement)) return isOpaque(node) ? 'it does not fill the head' : 'something may be seen through it';
  if (content?.width !== width || content.height !== height) return 'the buffer is not of the head’s size';
  return node;
}
