/** What is to be seen on a head: its windows' surfaces with all that stands on them, from the lowest to the highest. */
import { appended } from '../lists.js';
import type { Surface } from './surface.js';
import type { View } from './surface-state.js';
import { self } from './surface-tree.js';

/** Where a surface's upper left corner is, in the head's logical pixels. */
export interface Placed {
  readonly surface: Surface;
  readonly x: number;
  readonly y: number;
}

export interface SceneNode extends Placed {
  readonly view: View;
}

/** The surfaces that show something, those of `roots` first to last. */
export function nodesOf(roots: readonly Placed[]): SceneNode[] {
  let nodes: SceneNode[] = [];
  for (const root of roots) nodes = addedTo(nodes, root);
  return nodes;
}

/** Nothing stands on a surface that shows nothing. */
function addedTo(before: SceneNode[], { surface, x, y }: Placed): SceneNode[] {
  const { view } = surface;
  if (view === undefined) return before;
  let nodes = before;
  for (const each of surface.tree.order) {
    if (each === self) nodes = appended(nodes, { surface, x, y, view });
    else if (each.surface !== undefined)
      nodes = addedTo(nodes, { surface: each.surface, x: x + each.x, y: y + each.y });
  }
  return nodes;
}

/** The same ones, in the same order. */
export function isSameSurfaces(one: readonly SceneNode[], other: readonly SceneNode[]): boolean {
  return one.length === other.length && one.every(({ surface }, index) => surface === other[index]?.surface);
}

export function surfacesOf(nodes: readonly SceneNode[]): ReadonlySet<Surface> {
  return new Set(nodes.map(({ surface }) => surface));
}

/** Which surface takes what happens at a point of the head, and where in its own pixels that is. */
export function surfaceAt(nodes: readonly SceneNode[], x: number, y: number): Placed | undefined {
  const hit = nodes.findLast((node) => takes(node, x - node.x, y - node.y));
  return hit === undefined ? undefined : { surface: hit.surface, x: x - hit.x, y: y - hit.y };
}

function takes({ surface, view: { width, height } }: SceneNode, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  return surface.current.input?.has(x, y) ?? true;
}

/** Whether nothing can be seen through it: its buffer is opaque, or the client has said so. */
export function isOpaque({ surface, view }: SceneNode): boolean {
  const { content, opaque } = surface.current;
  return content?.opaque === true || opaque?.covers({ x: 0, y: 0, width: view.width, height: view.height }) === true;
}
