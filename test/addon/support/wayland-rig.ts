/** A server with a compositor whose objects do what a test says, at a socket of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  WaylandServer,
  type Fault,
  type Requests,
  type Resource,
  type WaylandOptions,
  type WaylandAddon,
} from '../../../src/wayland/index.js';
import { native } from './addon.js';
import { WireClient } from '../../support/wayland-client.js';

export const waylandAddon: WaylandAddon = native;

export class WaylandRig {
  readonly server: WaylandServer;
  readonly faults: Fault[] = [];
  /** What the objects were asked for, and `destroyed` for each surface. */
  readonly calls: unknown[][] = [];
  readonly surfaces: Resource<'wl_surface'>[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'guesthead-wayland-'));
  readonly path = join(this.#folder, 'wayland-9');

  constructor(options: WaylandOptions = {}) {
    this.server = new WaylandServer(waylandAddon, { mostObjects: 50, ...options });
    this.server.listen(this.path);
    this.server.faults$.subscribe((fault) => this.faults.push(fault));
  }

  connect(): Promise<WireClient> {
    return WireClient.connect(this.path);
  }

  /** What each surface does beside noting it. */
  offerCompositor(surfaces: Partial<Requests<'wl_surface'>> = {}): void {
    this.server.offer('wl_compositor', 5, (compositor) => {
      compositor.implement({
        create_surface: (surface) => {
          this.surfaces.push(
            surface.implement(this.noting('wl_surface', surfaces), () => this.calls.push(['destroyed'])),
          );
        },
        create_region: (region) => {
          region.implement(this.noting('wl_region'));
        },
      });
    });
  }

  /** Handlers that only note what they were asked for. */
  noting<Name extends 'wl_surface' | 'wl_region'>(name: Name, others: Partial<Requests<Name>> = {}): Requests<Name> {
    const note = (_target: unknown, request: string | symbol) => {
      const given = (others as Record<string | symbol, unknown>)[request];
      return given ?? ((...values: unknown[]) => this.calls.push([name, request, ...values.map(plain)]));
    };
    return new Proxy({}, { get: note }) as Requests<Name>;
  }

  close(): void {
    this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'interfaceName' in value ? value.interfaceName : value;

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
