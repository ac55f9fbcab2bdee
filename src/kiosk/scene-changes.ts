/** What differs between what a head shows and what it is about to show. */
import { clipped, type Rectangle } from '../buffer/index.js';
import { few } from './commit.js';
import type { Placement } from './placement.js';
import type { SceneNode } from './scene.js';
import type { Surface } from './surface.js';

interface Seen {
  readonly box: Rectangle;
  readonly node: SceneNode;
}

/** Asked once for each frame: surfaces tell their damage once. */
export class SceneChanges {
  #before = new Map<Surface, Seen>();
  #placement: Placement | undefined;

  /** What was asked last did not come to the screen: the next is all new. */
  forget(): void {
    this.#placement = undefined;
  }

  /** Pixels of the mode; undefined = all of them. */
  next(nodes: readonly SceneNode[], placement: Placement): readonly Rectangle[] | undefined {
    const before = this.#before;
    const now = new Map(nodes.map((node) => [node.surface, { node, box: placement.boxOf(node) }]));
    const isNew = placement !== this.#placement || !isSameOrder(before, now);
    this.#before = now;
    this.#placement = placement;
    const damage = [...now.values()].flatMap((seen) => changed(seen, before.get(seen.node.surface), placement));
    for (const [surface, { box }] of before) if (!now.has(surface)) damage.push(box);
    const { width, height } = placement.geometry;
    const seen = damage.flatMap((box) => clipped(box, width, height) ?? []);
    // The kernel is told of all of it by no rectangle at all, which costs nothing.
    const isWhole = seen.some((box) => box.width === width && box.height === height);
    return isNew || isWhole ? undefined : few(seen);
  }
}

function changed({ node, box }: Seen, before: Seen | undefined, placement: Placement): Rectangle[] {
  const damage = node.surface.takeDamage();
  if (before === undefined) return [box];
  if (!isSame(box, before.box)) return [box, before.box];
  if (damage === undefined) return [box];
  return damage.flatMap((part) => {
    const inside = clipped(part, node.view.width, node.view.height);
    return inside === undefined ? [] : [placement.touched(node, inside)];
  });
}

function isSame(one: Rectangle, other: Rectangle): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

/** Of those that are in both. */
function isSameOrder(one: ReadonlyMap<Surface, Seen>, other: ReadonlyMap<Surface, Seen>): boolean {
  const kept = [...one.keys()].filter((surface) => other.has(surface));
  let index = 0;
  for (const surface of other.keys()) if (one.has(surface) && kept[index++] !== surface) return false;
  return true;
}
