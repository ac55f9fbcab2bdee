/** Which surfaces of a scene can be seen at all. */
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';

/** Whether nothing of the head can be seen behind it. */
export function fills(node: SceneNode, placement: Placement): boolean {
  return isOpaque(node) && covers(node, placement);
}

/** Whether nothing of the head can be seen beside it. */
export function covers(node: SceneNode, placement: Placement): boolean {
  const { x, y, width, height } = placement.boxOf(node);
  const { geometry } = placement;
  return x <= 0 && y <= 0 && x + width >= geometry.width && y + height >= geometry.height;
}

/** Without those that one above them hides. */
export function visibleOf(nodes: readonly SceneNode[], placement: Placement): readonly SceneNode[] {
  const lowest = nodes.findLastIndex((node) => fills(node, placement));
  return lowest <= 0 ? nodes : nodes.slice(lowest);
}
