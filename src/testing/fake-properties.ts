/** The properties of the fake display's objects, and their values. */
import type { PlaneId, Property, PropertyId } from '../ffi/index.js';
import type { FakeScreen, Framebuffer } from './fake-objects.js';

export type ObjectKind = 'crtc' | 'connector' | 'plane';

const geometry = ['SRC_X', 'SRC_Y', 'SRC_W', 'SRC_H', 'CRTC_X', 'CRTC_Y', 'CRTC_W', 'CRTC_H'];
const names: Readonly<Record<ObjectKind, readonly string[]>> = {
  connector: ['CRTC_ID', 'DPMS'],
  crtc: ['ACTIVE', 'MODE_ID', 'OUT_FENCE_PTR'],
  plane: ['type', 'FB_ID', 'CRTC_ID', 'IN_FENCE_FD', 'FB_DAMAGE_CLIPS', ...geometry],
};
/** What is told with one commit and not kept. */
const transient = new Set(['OUT_FENCE_PTR', 'IN_FENCE_FD', 'FB_DAMAGE_CLIPS']);
const planeTypes = new Map([
  ['Overlay', 0n],
  ['Primary', 1n],
  ['Cursor', 2n],
]);

export class FakeProperties {
  readonly #kinds = new Map<number, ObjectKind>();
  readonly #ids: Readonly<Record<ObjectKind, ReadonlyMap<string, PropertyId>>>;
  #framebuffers = new Map<PlaneId, Framebuffer | undefined>();
  #values = new Map<number, Map<string, bigint>>();

  constructor(screens: readonly FakeScreen[], nextId: () => number) {
    const idsOf = (kind: ObjectKind) => new Map(names[kind].map((name) => [name, nextId() as PropertyId]));
    this.#ids = { connector: idsOf('connector'), crtc: idsOf('crtc'), plane: idsOf('plane') };
    for (const { connector, crtc, plane } of screens) {
      this.#kinds.set(connector, 'connector').set(crtc, 'crtc').set(plane, 'plane');
      for (const object of [connector, crtc, plane]) this.#values.set(object, new Map());
      this.write(plane, 'type', planeTypes.get('Primary') ?? 0n);
    }
  }

  describe(object: number, kind: ObjectKind): ReadonlyMap<string, Property> {
    const isOfKind = this.#kinds.get(object) === kind;
    const entries = isOfKind ? [...this.#ids[kind]] : [];
    return new Map(
      entries.map(([name, id]) => {
        const enums = name === 'type' ? planeTypes : new Map<string, bigint>();
        return [name, { id, value: this.read(object, name), flags: 0, enums }];
      }),
    );
  }

  nameOf(object: number, property: number): string | undefined {
    const kind = this.#kinds.get(object);
    if (kind === undefined) return undefined;
    return [...this.#ids[kind]].find(([, id]) => id === property)?.[0];
  }

  read(object: number, name: string): bigint {
    return this.#values.get(object)?.get(name) ?? 0n;
  }

  write(object: number, name: string, value: bigint): void {
    if (!transient.has(name)) this.#values.get(object)?.set(name, value);
  }

  /** What a plane shows, also once its id has been given back. */
  framebuffer(plane: PlaneId): Framebuffer | undefined {
    return this.#framebuffers.get(plane);
  }

  setFramebuffer(plane: PlaneId, framebuffer: Framebuffer | undefined): void {
    this.#framebuffers.set(plane, framebuffer);
  }

  snapshot(): Snapshot {
    const values = new Map([...this.#values].map(([object, own]) => [object, new Map(own)]));
    return { values, framebuffers: new Map(this.#framebuffers) };
  }

  restore({ values, framebuffers }: Snapshot): void {
    this.#values = values;
    this.#framebuffers = framebuffers;
  }
}

export interface Snapshot {
  readonly values: Map<number, Map<string, bigint>>;
  readonly framebuffers: Map<PlaneId, Framebuffer | undefined>;
}
