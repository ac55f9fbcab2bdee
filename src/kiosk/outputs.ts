/** The outputs of a kiosk, each at its place in one plane of logical pixels, over which the pointer moves. */
import { isInside, nearestIn, type Point } from './geometry.js';
import type { HeadRoom } from './layout.js';
import type { Output } from './output.js';

/** Where each head's upper left corner is, in their order. */
export type Arrangement = (heads: readonly HeadRoom[]) => readonly Point[];

/** From left to right, with their upper edges in line. */
export const leftToRight: Arrangement = (heads) => {
  let x = 0;
  return heads.map(({ width }) => {
    const at = { x, y: 0 };
    x += width;
    return at;
  });
};

export class Outputs {
  readonly first: Output;

  /** At least one, in their order. */
  constructor(
    readonly all: readonly [Output, ...Output[]],
    private readonly arrangement: Arrangement = leftToRight,
  ) {
    [this.first] = all;
    this.arrange();
  }

  named(connector: string): Output | undefined {
    return this.all.find((output) => output.connector === connector);
  }

  /** One has another size: the others may have to make room, and clients hear of that. */
  arrange(): void {
    const places = this.arrangement(this.all.map(({ room }) => room));
    for (const [index, output] of this.all.entries()) output.place(places[index] ?? { x: 0, y: 0 });
  }

  /** The one that has a place, or is nearest to it; one that shows nothing only where all do. */
  at(place: Point): Output {
    if (this.all.length === 1) return this.first;
    const distance = (output: Output) => {
      const { x, y } = nearestIn(output.box, place);
      return Math.hypot(x - place.x, y - place.y);
    };
    const candidates = this.#lit();
    const inside = candidates.find((output) => isInside(output.box, place));
    return inside ?? candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  }

  /** The same place where an output has it, else the nearest on one. */
  nearest(place: Point): Point {
    return nearestIn(this.at(place).box, place);
  }

  #lit(): readonly Output[] {
    const lit = this.all.filter(({ lit }) => lit);
    return lit.length > 0 ? lit : this.all;
  }
}
