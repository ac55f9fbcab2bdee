/** zwp_pointer_constraints_v1: games and drawing programs keep the pointer in their surface. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';
import { regionOf } from '../region.js';
import type { Surface, SurfaceOf } from '../surface.js';
import { Constraint, type ConstraintKind } from './constraint.js';
import type { Hit } from './host.js';
import type { Point } from '../geometry.js';

export interface ConstraintsHost {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  /** The surface that the pointer is in, and where in it; its client has heard of that. */
  hit(): Hit | undefined;
  /** The pointer is to be elsewhere in the surface that it is in. */
  warp(to: Point): void;
}

type Manager = Resource<'zwp_pointer_constraints_v1'>;
type RegionResource = Resource<'wl_region'> | null;

const version = 1;
const { error, lifetime: lifetimes } = enums.zwp_pointer_constraints_v1;

export class Constraints {
  /** One a surface. */
  readonly #all = new Map<Surface, Constraint>();
  #active: Constraint | undefined;

  constructor(private readonly host: ConstraintsHost) {
    host.server.offer('zwp_pointer_constraints_v1', version, (manager) => {
      manager.implement({
        destroy: () => undefined,
        lock_pointer: (lock, target, _pointer, region, lifetime) => {
          const constraint = this.#add(manager, target, lockBy(lock), region, lifetime);
          const requests = {
            ...this.#requests(constraint),
            set_cursor_position_hint: (x: number, y: number) => {
              this.#change(constraint, 'hint', (changed) => (changed.hint = { x, y }));
            },
          };
          lock.implement(requests, () => this.#remove(constraint));
          this.look();
        },
        confine_pointer: (confinement, target, _pointer, region, lifetime) => {
          const constraint = this.#add(manager, target, confinementBy(confinement), region, lifetime);
          confinement.implement(this.#requests(constraint), () => this.#remove(constraint));
          this.look();
        },
      });
    });
  }

  /** Where the pointer goes that is in a surface and is to go somewhere; in the surface's pixels. */
  held(surface: Surface, from: Point, to: Point): Point {
    return this.#active?.surface === surface ? this.#active.held(from, to) : to;
  }

  /** The pointer is elsewhere, or what holds it has changed. */
  look(): void {
    const hit = this.host.hit();
    const active = this.#active;
    if (active !== undefined && (hit === undefined || !active.holds(hit))) this.#deactivate(active);
    const next = hit === undefined ? undefined : this.#all.get(hit.surface);
    if (hit === undefined || next === undefined || next.isActive || !next.beginsAt(hit)) return;
    this.#active = next;
    next.isActive = true;
  }

  /** Undefined for a surface that has gone. */
  #add(
    manager: Manager,
    target: Resource<'wl_surface'> | null,
    kind: ConstraintKind,
    region: RegionResource,
    lifetime: number,
  ): Constraint | undefined {
    const surface = target === null ? undefined : this.host.surfaceOf(target);
    if (surface === undefined) return undefined;
    if (this.#all.has(surface))
      throw new ProtocolError(manager, error.already_constrained, 'the surface has a constraint already');
    const constraint = new Constraint(surface, kind, regionOf(region), lifetime === lifetimes.persistent);
    this.#all.set(surface, constraint);
    return constraint;
  }

  #requests(constraint: Constraint | undefined) {
    return {
      destroy: () => undefined,
      set_region: (resource: RegionResource) => {
        const region = regionOf(resource);
        this.#change(constraint, 'region', (changed) => (changed.region = region));
      },
    };
  }

  /** With the surface's next commit. */
  #change(constraint: Constraint | undefined, what: string, change: (constraint: Constraint) => void): void {
    constraint?.surface.pending.setEffect(`constraint: ${what}`, () => {
      change(constraint);
      this.look();
    });
  }

  /** Its object has gone. The pointer goes to where the client has drawn one of its own. */
  #remove(constraint: Constraint | undefined): void {
    if (constraint === undefined) return;
    this.#forget(constraint);
    if (this.#active !== constraint) return;
    this.#active = undefined;
    if (constraint.hint !== undefined && constraint.isOn(constraint.hint)) this.host.warp(constraint.hint);
  }

  #deactivate(constraint: Constraint): void {
    this.#active = undefined;
    constraint.isActive = false;
    if (!constraint.persists) this.#forget(constraint);
  }

  #forget(constraint: Constraint): void {
    if (this.#all.get(constraint.surface) === constraint) this.#all.delete(constraint.surface);
  }
}

const lockBy = ({ send }: Resource<'zwp_locked_pointer_v1'>): ConstraintKind => ({
  locks: true,
  activated: () => send.locked(),
  deactivated: () => send.unlocked(),
});

const confinementBy = ({ send }: Resource<'zwp_confined_pointer_v1'>): ConstraintKind => ({
  locks: false,
  activated: () => send.confined(),
  deactivated: () => send.unconfined(),
});
