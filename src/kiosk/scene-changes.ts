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
  #before: readonly Seen[] = [];
  #placement: Placement | undefined;

  /** What was asked last did not come to the screen: the next is all new. */
  forget(): void {
    this.#placement = undefined;
  }

  /** Pixels of the mode; undefined = all of them. */
  next(nodes: readonly SceneNode[], placement: Placement): readonly Rectangle[] | undefined {
    const before = this.#before;
    const now = nodes.map((node) => ({ node, box: placement.boxOf(node) }));
    const isKept = placement === this.#placement && isSameOrder(before, now);
    this.#before = now;
    this.#placement = placement;
    const damage = now.flatMap((seen, index) => changed(seen, foundIn(before, seen.node.surface, index), placement));
    for (const { node, box } of before) if (foundIn(now, node.surface) === undefined) damage.push(box);
    const { width, height } = placement.geometry;
    const seen = damage.flatMap((box) => clipped(box, width, height) ?? []);
    // The kernel is told of all of it by no rectangle at all, which costs nothing.
    const isWhole = seen.some((box) => box.width === width && box.height === height);
    return !isKept || isWhole ? undefined : few(seen);
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

/** Mostly at the same place as ever. */
function foundIn(seen: readonly Seen[], surface: Surface, index = 0): Seen | undefined {
  const likely = seen[index];
  return likely?.node.surface === surface ? likely : seen.find(({ node }) => node.surface === surface);
}

/** Of those that are in both. */
function isSameOrder(one: readonly Seen[], other: readonly Seen[]): boolean {
  if (one.length === other.length && one.every(({ node }, index) => node.surface === other[index]?.node.surface))
    return true;
  const common = (of: readonly Seen[], also: readonly Seen[]) =>
    of.flatMap(({ node: { surface } }) => (foundIn(also, surface) === undefined ? [] : [surface]));
  const kept = common(other, one);
  return common(one, other).every((surface, index) => surface === kept[index]);
}
