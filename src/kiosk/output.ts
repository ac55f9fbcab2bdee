/** wl_output: what a client is told of a head. */
import { enums, type Resource, type WaylandServer } from '../wayland/index.js';

export interface OutputFacts {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the mode, mHz. */
  readonly refreshMilliHz: number;
  readonly connector: string;
}

const version = 4;

/** The same global for the kiosk's life: clients keep it while no display is there. */
export class Output {
  readonly #bound = new Set<Resource<'wl_output'>>();

  constructor(
    server: WaylandServer,
    private facts: OutputFacts,
  ) {
    server.offer('wl_output', version, (output) => {
      this.#bound.add(output);
      output.implement({ release: () => undefined }, () => this.#bound.delete(output));
      this.#tell(output, true);
    });
  }

  get size(): { readonly width: number; readonly height: number } {
    return this.facts;
  }

  /** The mode has changed. */
  change(facts: OutputFacts): void {
    this.facts = facts;
    for (const output of this.#bound) this.#tell(output, false);
  }

  /** Those of the client itself, in which a surface is told to be. */
  *of(client: unknown): Generator<Resource<'wl_output'>> {
    for (const output of this.#bound) if (output.client === client) yield output;
  }

  #tell(output: Resource<'wl_output'>, isNew: boolean): void {
    const { width, height, refreshMilliHz, connector } = this.facts;
    const { subpixel, transform, mode } = enums.wl_output;
    output.send.geometry(0, 0, 0, 0, subpixel.unknown, 'guesthead', connector, transform.normal);
    output.send.mode(mode.current | mode.preferred, width, height, refreshMilliHz);
    if (output.version >= 2) output.send.scale(1);
    if (output.version >= 4 && isNew) {
      output.send.name(connector);
      output.send.description(`${connector}, ${width}x${height}`);
    }
    if (output.version >= 2) output.send.done();
  }
}
