/** The parts of a kiosk, each made after what it asks, and how they tell each other. */
import { GuestheadError } from '../errors.js';
import { closeQuietly, Owner } from '../owner.js';
import type { DrawName } from '../gl/choices.js';
import type { Gpus, Head } from '../head/index.js';
import type { Clock } from '../loop/index.js';
import { WaylandServer, type AnyResource, type Client, type Resource, type WaylandAddon } from '../wayland/index.js';
import type { Backdrop } from './backdrop.js';
import { ClientCounts } from './client-counts.js';
import type { DmabufGpus } from './dmabuf/linux-dmabuf.js';
import { offerCompositor } from './compositor.js';
import { Contents } from './contents.js';
import type { DmabufAddon } from './dmabuf/memory.js';
import { ClientTimelines, type SyncGpus } from './explicit-sync/client-timelines.js';
import { SlowCallbacks } from './frame-callbacks.js';
import { openGlFor, type GpuDrawing } from './gl-choice.js';
import { offerGlobals } from './globals.js';
import { Assignment } from './assignment.js';
import { CursorOnHeads } from './cursor-on-heads.js';
import { Idle } from './idle.js';
import type { KioskEvents } from './kiosk-events.js';
import { KioskHead } from './kiosk-head.js';
import type { Output } from './output.js';
import { Outputs, type Arrangement } from './outputs.js';
import { Painter } from './painter.js';
import type { Placed } from './scene.js';
import { isCursor, Seat, type SeatOptions } from './seat/index.js';
import { seatHostOf } from './seat-host.js';
import { Shell } from './shell/shell.js';
import type { Surface, SurfaceOf } from './surface.js';
import { fillWithNewest, type Layout } from './layout.js';
import { WindowPlaces } from './window-places.js';

export type KioskAddon = WaylandAddon & DmabufAddon;

export interface CompositionOptions extends SeatOptions {
  /** Which window of a head goes where; by default the newest fills it. */
  readonly layout?: Layout | undefined;
  /** On which head, by its connector, the windows of an app_id are shown. */
  readonly appIds?: Readonly<Record<string, string>> | undefined;
  /** Where the heads lie beside each other; by default from left to right. */
  readonly arrangement?: Arrangement | undefined;
  /** Pixels of the head to one of its clients', 0.25 to 8; default 1. */
  readonly scale?: number | undefined;
  /** Seen where no window is; undefined, the default: the last picture stays while there is none. */
  readonly background?: Backdrop | undefined;
  /** How the display is turned, as `wl_output.transform` (0–7); default 0. */
  readonly transform?: number | undefined;
  /** The pair that the heads are of: clients are told on which GPU they had best draw. Without it they are not. */
  readonly gpus?: (DmabufGpus & SyncGpus & Pick<Gpus, 'openGl'>) | undefined;
  /** Who draws what cannot be shown as it is; default `auto`. Without `gpus` it is the CPU. */
  readonly draw?: DrawName | undefined;
}

export class Composition {
  readonly heads: readonly [KioskHead, ...KioskHead[]];
  readonly idle: Idle;
  readonly server: WaylandServer;
  readonly clientCounts: ClientCounts;
  readonly assignment: Assignment;
  readonly shell: Shell;
  readonly seat: Seat;
  readonly #contents: Contents;
  readonly #slow = new SlowCallbacks();
  readonly #outputs: Outputs;
  readonly #owner = new Owner();
  #closed = false;

  /**
   * The heads stay the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server or libpixman, ERR_USAGE where an app_id is
   * assigned to none of the heads.
   */
  constructor(
    given: Head | readonly Head[],
    addon: KioskAddon,
    options: CompositionOptions,
    private readonly events: KioskEvents,
  ) {
    const { layout, scale = 1, transform = 0, background, appIds, arrangement, gpus, draw = 'auto', ...seat } = options;
    const owner = this.#owner; // what is closed last comes first
    try {
      const timelines = owner.own(gpus && ClientTimelines.open(gpus), (opened) => opened?.close());
      this.server = owner.own(new WaylandServer(addon));
      this.clientCounts = owner.own(new ClientCounts(this.server));
      this.#contents = new Contents(this.server);
      owner.own(this.#slow);
      const parts = {
        server: this.server,
        painter: new Painter(addon),
        addon,
        openGl: (head: Head) => openGlFor(draw, gpus, head.info, (gl) => this.events.gl$.next(gl)),
        onDrawn: (drawing: GpuDrawing) => this.events.drawings$.next(drawing),
        slow: this.#slow,
        look: { scale, transform },
        background,
        onFault: this.events.fault,
        onShown: (connector: string) => this.events.shown$.next(connector),
      };
      this.heads = atLeastOne(given).map((head) => new KioskHead({ ...parts, head })) as [KioskHead, ...KioskHead[]];
      this.#outputs = new Outputs(this.heads.map(({ output }) => output) as [Output, ...Output[]], arrangement);
      this.assignment = new Assignment(this.#outputs);
      const surfaceOf = this.#offerSurfaces(seat.clock);
      this.idle = new Idle(seat.clock);
      this.#offerGlobals(surfaceOf, { addon, gpus, timelines });
      this.shell = owner.own(this.#openShell(surfaceOf, layout, seat.clock));
      this.seat = owner.own(this.#openSeat(surfaceOf, seat));
      owner.own(this.idle);
      for (const head of this.heads) this.#begin(owner.own(head));
      for (const [appId, connector] of Object.entries(appIds ?? {})) this.assignment.assignAppId(appId, connector);
    } catch (error) {
      this.#closed = true;
      closeQuietly(owner);
      throw error;
    }
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#owner.close();
  }

  #offerGlobals(
    surfaceOf: SurfaceOf,
    given: { addon: KioskAddon; gpus: CompositionOptions['gpus']; timelines: ClientTimelines | undefined },
  ): void {
    const { server, idle } = this;
    const outputFor = (client: Client) => this.assignment.outputFor(client);
    const [{ head }] = this.heads;
    offerGlobals({ ...given, server, surfaceOf, contents: this.#contents, outputFor, head, idle });
  }

  #offerSurfaces(clock: Clock | undefined): SurfaceOf {
    return offerCompositor(this.server, {
      clock,
      contentOf: (buffer) => this.#contentOf(buffer),
      onApplied: (surface) => {
        this.#slow.watch(surface);
        // The pointer has a plane of its own.
        if (!isCursor(surface)) this.#rearranged(surface);
      },
      onGone: () => {
        this.#rearranged();
      },
      onSeen: () => {
        this.idle.look();
      },
      // The pointer's picture does not come to the screen with a frame.
      onPicture: (surface) =>
        isCursor(surface) ? undefined : this.events.telemetry.committed(surface.resource.client),
    });
  }

  #openShell(surfaceOf: SurfaceOf, layout: Layout = fillWithNewest, clock?: Clock): Shell {
    return new Shell({
      server: this.server,
      surfaceOf,
      outputs: this.#outputs,
      outputOf: (window) => this.assignment.outputOf(window),
      onChanged: () => {
        this.#rearranged();
      },
      onWindow: (change) => this.events.windows$.next(change),
      onHung: (client) => {
        this.events.hung(client);
      },
      onAnswered: (client) => this.events.answered$.next(client),
      onLate: (client) => {
        this.events.late(client);
      },
      grabAllowed: (client, serial) => this.seat.grabAllowed(client, serial),
      mayActivate: (client, serial) => this.seat.mayActivate(client, serial),
      clock,
      places: new WindowPlaces(layout, this.events.fault),
    });
  }

  #contentOf(buffer: AnyResource) {
    const content = this.#contents.of(buffer as Resource<'wl_buffer'>);
    if (content === undefined) {
      const text = 'A client shows a buffer that is of no kind that it was offered';
      this.events.unknown$.next({ error: new GuestheadError('ERR_UNSUPPORTED', text), client: buffer.client });
    }
    return content;
  }

  #openSeat(surfaceOf: SurfaceOf, options: SeatOptions): Seat {
    const [outputs, shell] = [this.#outputs, this.shell];
    const iconChanged = () => {
      this.#changed();
    };
    const host = seatHostOf({ server: this.server, surfaceOf, outputs, shell, iconChanged });
    const sinks = new Map(this.heads.map(({ output, cursor }) => [output, cursor]));
    const sink = new CursorOnHeads(outputs, (output) => sinks.get(output) ?? this.heads[0].cursor);
    return new Seat(host, { ...options, cursor: { sink, ...options.cursor } });
  }

  #begin(head: KioskHead): void {
    const { output } = head;
    head.begin({
      roots: () => this.#rootsOn(output),
      onTurn: (flippedMs) => {
        this.seat.look();
        if (this.#outputs.at(this.seat.pointerAt) === output) this.seat.refresh(flippedMs);
      },
      onResized: () => {
        this.#outputs.arrange();
        this.shell.windows.look();
      },
    });
  }

  /** What is seen of a surface, or where it is, may be another now. */
  #rearranged(surface?: Surface): void {
    if (this.#closed) return;
    this.#changed(surface && this.shell.windows.outputOf(surface));
    this.seat.look();
  }

  /** Undefined: any of them. */
  #changed(output?: Output): void {
    for (const head of this.heads) if (output === undefined || head.output === output) head.changed();
  }

  /** What a drag has with it is seen on the head that the pointer is on, above all else. */
  #rootsOn(output: Output): readonly Placed[] {
    const placed = this.shell.windows.placedOn(output);
    const { dragIcon } = this.seat;
    if (dragIcon === undefined || this.#outputs.at(this.seat.pointerAt) !== output) return placed;
    const { origin } = output;
    return [...placed, { ...dragIcon, x: dragIcon.x - origin.x, y: dragIcon.y - origin.y }];
  }
}

function atLeastOne(given: Head | readonly Head[]): readonly Head[] {
  const heads = Array.isArray(given) ? (given as readonly Head[]) : [given as Head];
  if (heads.length > 0) return heads;
  throw new GuestheadError('ERR_USAGE', 'A kiosk has at least one head');
}
