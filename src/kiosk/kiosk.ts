/** A Wayland compositor for one head, in which one client's window fills the screen. */
import { merge, type Observable, Subject } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Head } from '../head/index.js';
import type { InputEvent } from '../input/index.js';
import type { PaintAddon } from '../native-paint.js';
import {
  WaylandServer,
  type AnyResource,
  type Client,
  type Fault,
  type Resource,
  type WaylandAddon,
} from '../wayland/index.js';
import { offerCompositor } from './compositor.js';
import { Contents } from './contents.js';
import { SlowCallbacks } from './frame-callbacks.js';
import { offerGlobals } from './globals.js';
import { KioskHead } from './kiosk-head.js';
import { Painter } from './painter.js';
import type { Placed } from './scene.js';
import type { ScreenCounts } from './screen-counts.js';
import { isCursor, Seat, type SeatOptions } from './seat/index.js';
import { seatHostOf } from './seat-host.js';
import { Shell } from './shell/shell.js';
import type { Toplevel } from './shell/toplevel.js';
import type { SurfaceOf } from './surface.js';
import type { Layout } from './layout.js';
import type { Windows } from './windows.js';

export type KioskAddon = WaylandAddon & PaintAddon;

export interface KioskOptions extends SeatOptions {
  /** Which window goes where; by default the newest fills the head. */
  readonly layout?: Layout | undefined;
  /** Pixels of the head to one of its clients', 0.25 to 8; default 1. */
  readonly scale?: number | undefined;
  /** 0xRRGGBB, seen where no window is; undefined, the default: the last picture stays while there is none. */
  readonly background?: number | undefined;
  /** How the display is turned, as `wl_output.transform` (0–7); default 0. */
  readonly transform?: number | undefined;
}

/** `guesthead/kiosk` is young: what it offers its clients grows, and says so by its globals. */
export class Kiosk {
  readonly #server: WaylandServer;
  readonly #contents: Contents;
  readonly #slow = new SlowCallbacks();
  readonly #head: KioskHead;
  readonly #shell: Shell;
  readonly #seat: Seat;
  readonly #unknown$ = new Subject<Fault>();
  readonly #hung$ = new Subject<Client>();
  #closed = false;

  /** The head stays the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server or libpixman. */
  constructor(
    head: Head,
    addon: KioskAddon,
    { layout, scale = 1, transform = 0, background, ...seat }: KioskOptions = {},
  ) {
    const painter = new Painter(addon); // what may be missing comes before what is to be closed
    const server = new WaylandServer(addon);
    const [slow, look] = [this.#slow, { scale, transform }];
    const onFault = (error: unknown) => this.#unknown$.next({ error, client: undefined });
    this.#server = server;
    this.#contents = new Contents(server);
    this.#head = new KioskHead({ head, server, painter, slow, look, background, onFault });
    const surfaceOf = this.#offerSurfaces();
    offerGlobals({ server, surfaceOf, contents: this.#contents, output: this.#head.output, addon });
    this.#shell = this.#openShell(surfaceOf, layout);
    this.#seat = this.#openSeat(surfaceOf, seat);
    this.#beginHead();
  }

  /** What went wrong with one client; the others go on. */
  get faults$(): Observable<Fault> {
    return merge(this.#server.faults$, this.#unknown$);
  }

  /** Clients that have not answered for ten seconds; it is a fault, too. */
  get hung$(): Observable<Client> {
    return this.#hung$.asObservable();
  }

  /** Each client that connects, before its first request. */
  get clients$(): Observable<Client> {
    return this.#server.clients$;
  }

  get counts(): Readonly<ScreenCounts> {
    return this.#head.counts;
  }

  /** What clients have opened. */
  get windows(): Windows {
    return this.#shell.windows;
  }

  /** The window that is typed into, or undefined. */
  get shown(): Toplevel | undefined {
    return this.#shell.windows.active;
  }

  /** Takes clients at an absolute path. Throws ERR_SYSTEM (EADDRINUSE). */
  listen(path: string): void {
    this.#server.listen(path);
  }

  /** What a device of this head tells: clients hear of it as their focus is. */
  input(event: InputEvent): void {
    if (!this.#closed) this.#seat.input(event);
  }

  /** Tells what has moved and waits for the next flip, as that does. */
  refresh(): void {
    if (!this.#closed) this.#seat.refresh();
  }

  /** Ends every client's connection; the head shows its last picture. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#head.close();
    this.#seat.close();
    this.#shell.close();
    this.#slow.close();
    this.#server.close();
    this.#unknown$.complete();
    this.#hung$.complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #offerSurfaces(): SurfaceOf {
    return offerCompositor(this.#server, {
      contentOf: (buffer) => this.#contentOf(buffer),
      onApplied: (surface) => {
        this.#slow.watch(surface);
        // The pointer has a plane of its own.
        if (!isCursor(surface)) this.#rearranged();
      },
      onGone: () => {
        this.#rearranged();
      },
    });
  }

  #openShell(surfaceOf: SurfaceOf, layout: Layout | undefined): Shell {
    return new Shell({
      server: this.#server,
      surfaceOf,
      head: () => this.#head.output.placement.logical,
      onChanged: () => {
        this.#rearranged();
      },
      onHung: (client) => {
        const text = 'A client has not answered a ping for ten seconds';
        this.#unknown$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
        this.#hung$.next(client);
      },
      grabAllowed: (client, serial) => this.#seat.grabAllowed(client, serial),
      layout,
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
    const host = seatHostOf({
      server: this.#server,
      surfaceOf,
      head: this.#head,
      shell: this.#shell,
      iconChanged: () => this.#head.changed(),
    });
    return new Seat(host, { ...options, cursor: { sink: this.#head.cursor, ...options.cursor } });
  }

  #beginHead(): void {
    this.#head.begin({
      roots: () => [...this.#shell.windows.placed(), ...this.#carried()],
      onTurn: () => {
        this.#seat.look();
        this.#seat.refresh();
      },
      onResized: () => this.#shell.windows.look(),
    });
  }

  /** What is seen, or where, may be another now. */
  #rearranged(): void {
    if (this.#closed) return;
    this.#head.changed();
    this.#seat.look();
  }

  /** What a drag has with it. */
  #carried(): readonly Placed[] {
    const { dragIcon } = this.#seat;
    return dragIcon === undefined ? [] : [dragIcon];
  }
}
