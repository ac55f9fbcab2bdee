/** A Wayland compositor, whose clients' windows each fill a head. */
import { merge, type Observable, Subject } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Gpus, Head } from '../head/index.js';
import type { InputEvent } from '../input/index.js';
import type { Clock } from '../loop/index.js';
import {
  WaylandServer,
  type AnyResource,
  type Client,
  type Fault,
  type Resource,
  type WaylandAddon,
} from '../wayland/index.js';
import type { Backdrop } from './backdrop.js';
import { offerCompositor } from './compositor.js';
import { Contents } from './contents.js';
import type { DmabufGpus } from './dmabuf/linux-dmabuf.js';
import type { DmabufAddon } from './dmabuf/memory.js';
import { SlowCallbacks } from './frame-callbacks.js';
import { openGlFor, type DrawnBy } from './gl-choice.js';
import { offerGlobals } from './globals.js';
import { Assignment } from './assignment.js';
import { CursorOnHeads } from './cursor-on-heads.js';
import { Idle } from './idle.js';
import { KioskHead } from './kiosk-head.js';
import type { Output } from './output.js';
import { Outputs, type Arrangement } from './outputs.js';
import { Painter } from './painter.js';
import type { Placed } from './scene.js';
import type { ScreenCounts } from './screen-counts.js';
import { isCursor, Seat, type SeatOptions } from './seat/index.js';
import { seatHostOf } from './seat-host.js';
import { Shell } from './shell/shell.js';
import type { Toplevel } from './shell/toplevel.js';
import type { Surface, SurfaceOf } from './surface.js';
import { fillWithNewest, type Layout } from './layout.js';
import { WindowPlaces } from './window-places.js';
import type { Windows } from './windows.js';

export type KioskAddon = WaylandAddon & DmabufAddon;

export interface KioskOptions extends SeatOptions {
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
  /** The pair that the head is of: clients are told on which GPU they had best draw. Without it they are not. */
  readonly gpus?: (DmabufGpus & Pick<Gpus, 'openGl'>) | undefined;
  /** What cannot be shown as it is; default `auto`. Without `gpus` it is the CPU. */
  readonly drawnBy?: DrawnBy | undefined;
}

/** What it offers its clients is told by its globals. */
export class Kiosk {
  /** In the order of the heads that it was given. */
  readonly heads: readonly [KioskHead, ...KioskHead[]];
  /** How long nobody has used it. */
  readonly idle: Idle;
  readonly #server: WaylandServer;
  readonly #contents: Contents;
  readonly #slow = new SlowCallbacks();
  readonly #outputs: Outputs;
  readonly #assignment: Assignment;
  readonly #shell: Shell;
  readonly #seat: Seat;
  readonly #unknown$ = new Subject<Fault>();
  readonly #hung$ = new Subject<Client>();
  readonly #answered$ = new Subject<Client>();
  readonly #shown$ = new Subject<void>();
  #closed = false;

  /**
   * The heads stay the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server or libpixman, ERR_USAGE where an app_id is
   * assigned to none of the heads.
   */
  constructor(given: Head | readonly Head[], addon: KioskAddon, options: KioskOptions = {}) {
    const {
      layout,
      scale = 1,
      transform = 0,
      background,
      appIds,
      arrangement,
      gpus,
      drawnBy = 'auto',
      ...seat
    } = options;
    this.idle = new Idle(seat.clock);
    const painter = new Painter(addon); // what may be missing comes before what is to be closed
    const server = new WaylandServer(addon);
    this.#server = server;
    this.#contents = new Contents(server);
    const parts = {
      server,
      painter,
      openGl: (head: Head) => openGlFor(drawnBy, gpus, head.info),
      slow: this.#slow,
      look: { scale, transform },
      background,
      onFault: this.#onFault,
      onClientShown: () => this.#shown$.next(),
    };
    this.heads = atLeastOne(given).map((head) => new KioskHead({ ...parts, head })) as [KioskHead, ...KioskHead[]];
    this.#outputs = new Outputs(this.heads.map(({ output }) => output) as [Output, ...Output[]], arrangement);
    this.#assignment = new Assignment(this.#outputs, appIds);
    const surfaceOf = this.#offerSurfaces(seat.clock);
    const outputFor = (client: Client) => this.#assignment.outputFor(client);
    const [{ head }] = this.heads;
    offerGlobals({ server, surfaceOf, contents: this.#contents, outputFor, head, gpus, addon, idle: this.idle });
    this.#shell = this.#openShell(surfaceOf, layout, seat.clock);
    this.#seat = this.#openSeat(surfaceOf, seat);
    for (const head of this.heads) this.#begin(head);
  }

  /** What went wrong with one client; the others go on. */
  get faults$(): Observable<Fault> {
    return merge(this.#server.faults$, this.#unknown$);
  }

  /** Clients that have not answered for ten seconds; it is a fault, too. */
  get hung$(): Observable<Client> {
    return this.#hung$.asObservable();
  }

  /** Clients that have answered when they were asked whether they are still there, which they are every five seconds. */
  get answered$(): Observable<Client> {
    return this.#answered$.asObservable();
  }

  /** A frame with something of a client's has come to the screen. */
  get shown$(): Observable<void> {
    return this.#shown$.asObservable();
  }

  /** Each client that connects, before its first request. */
  get clients$(): Observable<Client> {
    return this.#server.clients$;
  }

  /** Of the first head. */
  get counts(): Readonly<ScreenCounts> {
    return this.heads[0].counts;
  }

  /** What clients have opened. */
  get windows(): Windows {
    return this.#shell.windows;
  }

  /** The window that is typed into, or undefined. */
  get shown(): Toplevel | undefined {
    return this.#shell.windows.active;
  }

  /**
   * Takes clients at an absolute path; with a connector, clients whose windows are shown on that head. May be called several
   * times. Throws ERR_SYSTEM (EADDRINUSE), ERR_USAGE where there is no such head.
   */
  listen(path: string, connector?: string): void {
    if (connector !== undefined) this.#assignment.assign(path, connector);
    this.#server.listen(path);
  }

  /** What a device of its heads tells: clients hear of it as their focus is. */
  input(event: InputEvent): void {
    if (this.#closed) return;
    if (event.kind !== 'device') this.idle.used();
    this.#seat.input(event);
  }

  /** Tells what has moved and waits for the next flip, as that does. */
  refresh(): void {
    if (!this.#closed) this.#seat.refresh();
  }

  /** What is seen where no window is, from the next frame on; as the option. */
  setBackground(background: Backdrop | undefined): void {
    if (!this.#closed) for (const head of this.heads) head.setBackground(background);
  }

  /** Ends every client's connection; the heads show their last pictures. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const head of this.heads) head.close();
    this.idle.close();
    this.#seat.close();
    this.#shell.close();
    this.#slow.close();
    this.#server.close();
    this.#unknown$.complete();
    for (const subject of [this.#hung$, this.#answered$, this.#shown$]) subject.complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #offerSurfaces(clock: Clock | undefined): SurfaceOf {
    return offerCompositor(this.#server, {
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
    });
  }

  #openShell(surfaceOf: SurfaceOf, layout: Layout = fillWithNewest, clock?: Clock): Shell {
    return new Shell({
      server: this.#server,
      surfaceOf,
      outputs: this.#outputs,
      outputOf: (window) => this.#assignment.outputOf(window),
      onChanged: () => {
        this.#rearranged();
      },
      onHung: (client) => {
        const text = 'A client has not answered a ping for ten seconds';
        this.#unknown$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
        this.#hung$.next(client);
      },
      onAnswered: (client) => this.#answered$.next(client),
      onLate: (client) => {
        const text = 'A client has not agreed to the size of its window for five seconds';
        this.#unknown$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
      },
      grabAllowed: (client, serial) => this.#seat.grabAllowed(client, serial),
      mayActivate: (client, serial) => this.#seat.mayActivate(client, serial),
      clock,
      places: new WindowPlaces(layout, this.#onFault),
    });
  }

  #contentOf(buffer: AnyResource) {
    const content = this.#contents.of(buffer as Resource<'wl_buffer'>);
    if (content === undefined) {
      const text = 'A client shows a buffer that is of no kind that it was offered';
      this.#unknown$.next({ error: new GuestheadError('ERR_UNSUPPORTED', text), client: buffer.client });
    }
    return content;
  }

  #openSeat(surfaceOf: SurfaceOf, options: SeatOptions): Seat {
    const [outputs, shell] = [this.#outputs, this.#shell];
    const iconChanged = () => {
      this.#changed();
    };
    const host = seatHostOf({ server: this.#server, surfaceOf, outputs, shell, iconChanged });
    const sinks = new Map(this.heads.map(({ output, cursor }) => [output, cursor]));
    const sink = new CursorOnHeads(outputs, (output) => sinks.get(output) ?? this.heads[0].cursor);
    return new Seat(host, { ...options, cursor: { sink, ...options.cursor } });
  }

  #begin(head: KioskHead): void {
    const { output } = head;
    head.begin({
      roots: () => [...this.#shell.windows.placedOn(output), ...this.#carriedOn(output)],
      onTurn: () => {
        this.#seat.look();
        if (this.#outputs.at(this.#seat.pointerAt) === output) this.#seat.refresh();
      },
      onResized: () => {
        this.#outputs.arrange();
        this.#shell.windows.look();
      },
    });
  }

  /** What is seen of a surface, or where it is, may be another now. */
  #rearranged(surface?: Surface): void {
    if (this.#closed) return;
    this.#changed(surface && this.#shell.windows.outputOf(surface));
    this.#seat.look();
  }

  /** Undefined: any of them. */
  #changed(output?: Output): void {
    for (const head of this.heads) if (output === undefined || head.output === output) head.changed();
  }

  /** What a drag has with it is seen on the head that the pointer is on. */
  #carriedOn(output: Output): readonly Placed[] {
    const { dragIcon } = this.#seat;
    if (dragIcon === undefined || this.#outputs.at(this.#seat.pointerAt) !== output) return [];
    const { origin } = output;
    return [{ ...dragIcon, x: dragIcon.x - origin.x, y: dragIcon.y - origin.y }];
  }

  /** Said later: who opens a kiosk subscribes when it is there. */
  readonly #onFault = (error: unknown): void => {
    queueMicrotask(() => {
      this.#unknown$.next({ error, client: undefined });
    });
  };
}

function atLeastOne(given: Head | readonly Head[]): readonly Head[] {
  const heads = Array.isArray(given) ? (given as readonly Head[]) : [given as Head];
  if (heads.length > 0) return heads;
  throw new GuestheadError('ERR_USAGE', 'A kiosk has at least one head');
}
