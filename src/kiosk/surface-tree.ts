/** The order in which a surface and its subsurfaces stand, which changes with its commits. */

/** The surface itself among those that stand on it. */
export const self = Symbol('self');

/** From the lowest to the highest. */
export type Order<Child> = readonly (Child | typeof self)[];

export class SurfaceTree<Child> {
  #order: Order<Child> = [self];
  /** What requests have said since the last commit, and what was committed last, which may not be applied yet. */
  #pending: Order<Child> | undefined;
  #committed: Order<Child> = [self];
  #children: readonly Child[] = [];

  get order(): Order<Child> {
    return this.#order;
  }

  /** Those that were committed, also where that is not applied yet. */
  get children(): readonly Child[] {
    return this.#children;
  }

  /** Gives what applies it; undefined: it is as it was. */
  commit(): (() => void) | undefined {
    const order = this.#pending;
    if (order === undefined) return undefined;
    this.#keep(order);
    this.#pending = undefined;
    return () => {
      this.#order = order.filter((each) => this.#committed.includes(each)); // the others have gone since
    };
  }

  /** On top of all others, from the next commit on. */
  add(child: Child): void {
    this.#pending = [...this.#next(), child];
  }

  /** Directly above or below another, from the next commit on. False where that is none. */
  place(child: Child, beside: Child | typeof self, above: boolean): boolean {
    const others = this.#next().filter((each) => each !== child);
    const index = others.indexOf(beside);
    if (index < 0) return false;
    this.#pending = others.toSpliced(above ? index + 1 : index, 0, child);
    return true;
  }

  /** At once. */
  remove(child: Child): void {
    const without = (order: Order<Child>) => order.filter((each) => each !== child);
    this.#order = without(this.#order);
    if (this.#pending !== undefined) this.#pending = without(this.#pending);
    this.#keep(without(this.#committed));
  }

  #keep(committed: Order<Child>): void {
    this.#committed = committed;
    this.#children = committed.filter((each): each is Child => each !== self);
  }

  #next(): Order<Child> {
    return this.#pending ?? this.#committed;
  }
}
