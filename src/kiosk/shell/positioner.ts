/** xdg_positioner: rules that a client writes down, of which each use takes a copy. */
import { enums, ProtocolError, type Resource } from '../../wayland/index.js';
import type { Point } from '../geometry.js';
import type { Size } from '../surface-state.js';
import type { Rectangle } from '../../buffer/index.js';
import type { Rules, Sides } from './place.js';

const { error: errors, anchor: anchors } = enums.xdg_positioner;

/** By the value of xdg_positioner.anchor; those of gravity are the same. */
const sides = new Map<number, Sides>([
  [anchors.none, { x: 0, y: 0 }],
  [anchors.top, { x: 0, y: -1 }],
  [anchors.bottom, { x: 0, y: 1 }],
  [anchors.left, { x: -1, y: 0 }],
  [anchors.right, { x: 1, y: 0 }],
  [anchors.top_left, { x: -1, y: -1 }],
  [anchors.bottom_left, { x: -1, y: 1 }],
  [anchors.top_right, { x: 1, y: -1 }],
  [anchors.bottom_right, { x: 1, y: 1 }],
]);
const positioners = new WeakMap<Resource<'xdg_positioner'>, Positioner>();

export interface Positioning extends Rules {
  /** The popup moves along when what it was placed by changes. */
  readonly reactive: boolean;
  /** What the parent is about to become; undefined: as it is. */
  readonly parentSize: Size | undefined;
}

export class Positioner {
  #size: Size | undefined;
  #anchorRect: Rectangle | undefined;
  #anchor: Sides = { x: 0, y: 0 };
  #gravity: Sides = { x: 0, y: 0 };
  #adjustment = 0;
  #offset: Point = { x: 0, y: 0 };
  #reactive = false;
  #parentSize: Size | undefined;

  constructor(private readonly resource: Resource<'xdg_positioner'>) {}

  /** What was written down. Throws ProtocolError while size or anchor rectangle are missing. */
  static read(resource: Resource<'xdg_positioner'> | null, base: Resource<'xdg_wm_base'>): Positioning {
    const rules = resource === null ? undefined : positioners.get(resource)?.rules;
    if (rules !== undefined) return rules;
    const text = 'the positioner has no size or no anchor rectangle';
    throw new ProtocolError(base, enums.xdg_wm_base.error.invalid_positioner, text);
  }

  private get rules(): Positioning | undefined {
    if (this.#size === undefined || this.#anchorRect === undefined) return undefined;
    return {
      size: this.#size,
      anchorRect: this.#anchorRect,
      anchor: this.#anchor,
      gravity: this.#gravity,
      adjustment: this.#adjustment,
      offset: this.#offset,
      reactive: this.#reactive,
      parentSize: this.#parentSize,
    };
  }

  requests() {
    return {
      destroy: () => undefined,
      set_size: (width: number, height: number) => {
        if (width < 1 || height < 1) throw this.#invalid(`${width}x${height} is no size`);
        this.#size = { width, height };
      },
      set_anchor_rect: (x: number, y: number, width: number, height: number) => {
        if (width < 0 || height < 0) throw this.#invalid(`${width}x${height} is no size`);
        this.#anchorRect = { x, y, width, height };
      },
      set_anchor: (anchor: number) => {
        this.#anchor = this.#sidesOf(anchor);
      },
      set_gravity: (gravity: number) => {
        this.#gravity = this.#sidesOf(gravity);
      },
      set_constraint_adjustment: (adjustment: number) => {
        this.#adjustment = adjustment;
      },
      set_offset: (x: number, y: number) => {
        this.#offset = { x, y };
      },
      set_reactive: () => {
        this.#reactive = true;
      },
      set_parent_size: (width: number, height: number) => {
        this.#parentSize = { width, height };
      },
      // The parent's size, which comes with it, says enough.
      set_parent_configure: () => undefined,
    };
  }

  #sidesOf(value: number): Sides {
    const found = sides.get(value);
    if (found === undefined) throw this.#invalid(`${value} is no side`);
    return found;
  }

  #invalid(what: string): ProtocolError {
    return new ProtocolError(this.resource, errors.invalid_input, what);
  }
}

export function implementPositioner(resource: Resource<'xdg_positioner'>): void {
  const positioner = new Positioner(resource);
  positioners.set(resource, positioner);
  resource.implement(positioner.requests());
}
