/** What differs between what a head shows and what it is about to show. */
import { clipped, type Rectangle } from '../buffer/index.js';
import { appended } from '../lists.js';
import { few } from './commit.js';
import type { Placement } from './placement.js';
import type { SceneNode } from './scene.js';
import type { Surface } from './surface.js';

interface Seen {
  readonly box: Rectangle;
  readonly node: SceneNode;
}

/** Asked once for each frame, and so without flatMap, which V8 has no fast way for: surfaces tell their damage once. */
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
    const { width, height } = placement.geometry;
    const damage = new Damage(width, height);
    now.forEach((seen, index) => {
      addChanged(damage, seen, foundIn(before, seen.node.surface, index), placement);
    });
    for (const { node, box } of before) if (foundIn(now, node.surface) === undefined) damage.add(box);
    // The kernel is told of all of it by no rectangle at all, which costs nothing.
    return !isKept || damage.isWhole ? undefined : few(damage.boxes);
  }
}

/** Inside of a head. */
class Damage {
  #boxes: Rectangle[] | undefined;
  isWhole = false;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  get boxes(): readonly Rectangle[] {
    return this.#boxes ?? [];
  }

  add(box: Rectangle): void {
    const seen = clipped(box, this.width, this.height);
    if (seen === undefined) return;
    this.#boxes = appended(this.#boxes, seen);
    if (seen.width === this.width && seen.height === this.height) this.isWhole = true;
  }
}

function addChanged(to: Damage, { node, box }: Seen, before: Seen | undefined, placement: Placement): void {
  const damage = node.surface.takeDamage();
  if (before !== undefined && !isSame(box, before.box)) to.add(before.box);
  if (before === undefined || !isSame(box, before.box) || damage === undefined) {
    to.add(box);
    return;
  }
  for (const part of damage) {
    const inside = clipped(part, node.view.width, node.view.height);
    if (inside !== undefined) to.add(placement.touched(node, inside));
  }
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
