/** wl_output: what a client is told of a head. */
import { enums, type Resource, type WaylandServer } from '../wayland/index.js';
import type { Rectangle } from '../buffer/index.js';
import type { Point } from './geometry.js';
import type { HeadRoom } from './layout.js';
import { Placement, type HeadGeometry } from './placement.js';
import type { Surface } from './surface.js';

export interface OutputFacts extends HeadGeometry {
  /** Of the mode, mHz. */
  readonly refreshMilliHz: number;
  readonly connector: string;
}

const version = 4;
const none: readonly never[] = [];
/** From here on a surface is told how to draw. */
const preferencesSince = 6;
const byResource = new WeakMap<Resource<'wl_output'>, Output>();

/** The same global for the kiosk's life: clients keep it while no display is there. */
export class Output {
  /** By client: mostly each has one. */
  readonly #bound = new Map<unknown, readonly Resource<'wl_output'>[]>();
  /** What else tells of it, by the object that it is told beside. */
  readonly #descriptions = new Map<() => void, Resource<'wl_output'> | null>();
  /** Surfaces that were told to be in it: a client may bind it later. */
  readonly #surfaces = new Set<Surface>();
  #placement: Placement;
  #room: HeadRoom;
  #box: Rectangle;
  /** Whether its head shows what is presented: not while it is unplugged, off, lost, or another program's. */
  lit = true;

  constructor(
    server: WaylandServer,
    private facts: OutputFacts,
  ) {
    this.#placement = new Placement(facts);
    this.#room = roomOf(this.#placement, facts);
    this.#box = { x: 0, y: 0, width: this.#room.width, height: this.#room.height };
    server.offer('wl_output', version, (output) => {
      this.#bound.set(output.client, [...this.of(output.client), output]);
      byResource.set(output, this);
      output.implement({ release: () => undefined }, () => {
        this.#unbind(output);
      });
      this.#tell(output, true);
      for (const { resource } of this.#surfaces) if (resource.client === output.client) resource.send.enter(output);
    });
  }

  static of(resource: Resource<'wl_output'>): Output | undefined {
    return byResource.get(resource);
  }

  get geometry(): HeadGeometry {
    return this.facts;
  }

  /** Another object when the geometry is another. */
  get placement(): Placement {
    return this.#placement;
  }

  /** As its clients see it. */
  get room(): HeadRoom {
    return this.#room;
  }

  /** Where it is among the other outputs, in logical pixels. */
  get box(): Rectangle {
    return this.#box;
  }

  /** The upper left corner of that. */
  get origin(): Point {
    return this.#box;
  }

  get refreshMs(): number {
    return 1e6 / this.facts.refreshMilliHz;
  }

  get connector(): string {
    return this.facts.connector;
  }

  /** `tell` is called before the end of each later news of the object. Gives what ends that. */
  addDescription(output: Resource<'wl_output'> | null, tell: () => void): () => void {
    this.#descriptions.set(tell, output);
    return () => this.#descriptions.delete(tell);
  }

  /** The mode has changed. */
  change(facts: OutputFacts): void {
    this.facts = facts;
    this.#placement = new Placement(facts);
    this.#room = roomOf(this.#placement, facts);
    this.#stand(this.#box);
    this.#tellAll();
  }

  place(origin: Point): void {
    if (origin.x === this.#box.x && origin.y === this.#box.y) return;
    this.#stand(origin);
    this.#tellAll();
  }

  /** Those of the client itself. */
  of(client: unknown): readonly Resource<'wl_output'>[] {
    return this.#bound.get(client) ?? none;
  }

  /** It is seen in it now. */
  enter(surface: Surface): void {
    const { resource } = surface;
    this.#surfaces.add(surface);
    surface.seenOn(this, true);
    for (const output of this.of(resource.client)) resource.send.enter(output);
    surface.onScale?.(this.facts.scale);
    if (resource.version < preferencesSince) return;
    resource.send.preferred_buffer_scale(Math.ceil(this.facts.scale));
    resource.send.preferred_buffer_transform(this.facts.transform);
  }

  leave(surface: Surface): void {
    this.#surfaces.delete(surface);
    surface.seenOn(this, false);
    for (const output of this.of(surface.resource.client)) surface.resource.send.leave(output);
  }

  #unbind(output: Resource<'wl_output'>): void {
    const { client } = output;
    const others = this.of(client).filter((each) => each !== output);
    if (others.length > 0) this.#bound.set(client, others);
    else this.#bound.delete(client);
  }

  #stand({ x, y }: Point): void {
    this.#box = { x, y, width: this.#room.width, height: this.#room.height };
  }

  #tellAll(): void {
    for (const outputs of this.#bound.values()) for (const output of outputs) this.#tell(output, false);
  }

  #tell(output: Resource<'wl_output'>, isNew: boolean): void {
    const { width, height, scale, transform, refreshMilliHz, connector } = this.facts;
    const { subpixel, mode } = enums.wl_output;
    output.send.geometry(this.#box.x, this.#box.y, 0, 0, subpixel.unknown, 'guesthead', connector, transform);
    output.send.mode(mode.current | mode.preferred, width, height, refreshMilliHz);
    if (output.version >= 2) output.send.scale(Math.ceil(scale));
    if (output.version >= 4 && isNew) {
      output.send.name(connector);
      output.send.description(`${connector}, ${width}x${height}`);
    }
    for (const [tell, beside] of this.#descriptions) if (beside === output) tell();
    if (output.version >= 2) output.send.done();
  }
}

function roomOf({ logical }: Placement, { connector }: OutputFacts): HeadRoom {
  return { ...logical, connector };
}
