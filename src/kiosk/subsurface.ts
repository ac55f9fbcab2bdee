/** wl_subcompositor: surfaces that belong to another one, and are moved, shown and stacked with it. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../wayland/index.js';
import type { Child, Role, Surface, SurfaceOf } from './surface.js';
import { self } from './surface-tree.js';

const version = 1;
const { error: compositorErrors } = enums.wl_subcompositor;
const { error: errors } = enums.wl_subsurface;

export function offerSubcompositor(server: WaylandServer, surfaceOf: SurfaceOf): void {
  server.offer('wl_subcompositor', version, (subcompositor) => {
    const refuse = (code: number, text: string) => {
      throw new ProtocolError(subcompositor, code, text);
    };
    subcompositor.implement({
      destroy: () => undefined,
      get_subsurface: (resource, target, above) => {
        const surface = target === null ? undefined : surfaceOf(target);
        const parent = above === null ? undefined : surfaceOf(above);
        if (surface === undefined || parent === undefined) return void resource.implement(idle);
        if (isWithin(parent, surface)) refuse(compositorErrors.bad_parent, 'a surface cannot be its own parent');
        if (surface.role !== undefined) refuse(compositorErrors.bad_surface, 'the surface has a role already');
        const subsurface = new Subsurface(resource, surface, parent, surfaceOf);
        if (!surface.setRole(subsurface)) refuse(compositorErrors.bad_surface, 'the surface had another role');
        subsurface.begin();
      },
    });
  });
}

const idle = {
  destroy: () => undefined,
  set_position: () => undefined,
  place_above: () => undefined,
  place_below: () => undefined,
  set_sync: () => undefined,
  set_desync: () => undefined,
};

/** Whether `surface` is `other`, or below it in its tree. */
function isWithin(surface: Surface, other: Surface): boolean {
  if (surface === other) return true;
  const { role } = surface;
  return role instanceof Subsurface && role.parent !== undefined && isWithin(role.parent, other);
}

export class Subsurface implements Role, Child {
  readonly name = 'wl_subsurface';
  readonly hasObject = true;
  #surface: Surface | undefined;
  #parent: Surface | undefined;
  #x = 0;
  #y = 0;
  #alone = false;

  constructor(
    private readonly resource: Resource<'wl_subsurface'>,
    surface: Surface,
    parent: Surface,
    private readonly surfaceOf: SurfaceOf,
  ) {
    this.#surface = surface;
    this.#parent = parent;
  }

  /** On top of its siblings, from the parent's next commit on. */
  begin(): void {
    const parent = this.#parent;
    if (parent === undefined) return;
    parent.tree.add(this);
    this.resource.implement(this.#requests(), () => {
      this.#surface?.endRole();
      this.#leave();
    });
  }

  /** Undefined once it, or this object, has gone. */
  get surface(): Surface | undefined {
    return this.#surface;
  }

  get parent(): Surface | undefined {
    return this.#parent;
  }

  /** Of its upper left corner, in its parent's pixels. */
  get x(): number {
    return this.#x;
  }

  get y(): number {
    return this.#y;
  }

  get synchronised(): boolean {
    return this.#parent !== undefined && (!this.#alone || this.#parent.synchronised);
  }

  precommit(): void {
    // Any commit is allowed.
  }

  committed(): void {
    // Whoever shows its parent hears of it from the surface.
  }

  surfaceGone(): void {
    this.#leave();
  }

  freed(): void {
    if (this.synchronised) return;
    this.#surface?.applyWaiting();
    for (const child of this.#surface?.tree.children ?? []) child.freed();
  }

  parentGone(): void {
    this.#parent = undefined;
  }

  #leave(): void {
    this.#surface = undefined;
    const parent = this.#parent;
    this.#parent = undefined;
    if (parent === undefined) return;
    parent.tree.remove(this);
    parent.childLeft();
  }

  #requests() {
    return {
      destroy: () => undefined,
      set_position: (x: number, y: number) => {
        this.#parent?.pending.setEffect(this, () => {
          [this.#x, this.#y] = [x, y];
        });
      },
      place_above: (sibling: Resource<'wl_surface'> | null) => {
        this.#place(sibling, true);
      },
      place_below: (sibling: Resource<'wl_surface'> | null) => {
        this.#place(sibling, false);
      },
      set_sync: () => {
        this.#alone = false;
      },
      set_desync: () => {
        this.#alone = true;
        this.freed();
      },
    };
  }

  #place(resource: Resource<'wl_surface'> | null, above: boolean): void {
    const parent = this.#parent;
    const sibling = resource === null ? undefined : this.surfaceOf(resource);
    if (parent === undefined || sibling === undefined) return;
    const { role } = sibling;
    const isSibling = role instanceof Subsurface && role !== this && role.parent === parent;
    const beside = sibling === parent ? self : isSibling ? role : undefined;
    if (beside === undefined || !parent.tree.place(this, beside, above))
      throw new ProtocolError(this.resource, errors.bad_surface, 'that is no sibling of it');
  }
}
