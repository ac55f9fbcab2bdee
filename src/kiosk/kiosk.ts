/** A Wayland compositor for one head, in which one client's window fills the screen. */
import { merge, type Observable, Subject, type Subscription } from 'rxjs';
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
import { Output, type OutputFacts } from './output.js';
import { Painter } from './painter.js';
import { nodesOf, surfaceAt, type Placed } from './scene.js';
import { Screen } from './screen.js';
import type { ScreenCounts } from './screen-counts.js';
import { HeadCursorSink, isCursor, Seat, type SeatOptions } from './seat/index.js';
import { Shell } from './shell/shell.js';
import type { Toplevel } from './shell/toplevel.js';
import type { Surface, SurfaceOf } from './surface.js';
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
  readonly #screen: Screen;
  readonly #output: Output;
  readonly #seat: Seat;
  readonly #turns: Subscription;
  readonly #shell: Shell;
  readonly #look: Pick<OutputFacts, 'scale' | 'transform'>;
  readonly #unknown$ = new Subject<Fault>();
  readonly #hung$ = new Subject<Client>();
  #closed = false;

  /** The head stays the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server or libpixman. */
  constructor(
    head: Head,
    addon: KioskAddon,
    { layout, scale = 1, transform = 0, background, ...seat }: KioskOptions = {},
  ) {
    this.#look = { scale, transform };
    const painter = new Painter(addon); // what may be missing comes before what is to be closed
    this.#server = new WaylandServer(addon);
    this.#contents = new Contents(this.#server);
    this.#output = new Output(this.#server, this.#factsOf(head));
    const [output, slow] = [this.#output, this.#slow];
    this.#screen = new Screen({
      head,
      output,
      painter,
      slow,
      background,
      roots: () => [...this.#shell.windows.placed(), ...this.#carried()],
    });
    const surfaceOf = this.#offerSurfaces();
    offerGlobals({ server: this.#server, surfaceOf, contents: this.#contents, output, screen: this.#screen, addon });
    this.#shell = this.#openShell(surfaceOf, layout);
    const cursor = { sink: this.#cursorOf(head), ...seat.cursor };
    this.#seat = new Seat(this.#seatHost(surfaceOf), { ...seat, cursor });
    this.#turns = head.turn$.subscribe(() => {
      this.#seat.look();
      this.#seat.refresh();
    });
    this.#turns.add(
      head.state$.subscribe((state) => {
        if (state.kind === 'on') this.#resize(this.#factsOf(head));
      }),
    );
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
    return this.#screen.counts;
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
    this.#turns.unsubscribe();
    this.#seat.close();
    this.#shell.close();
    this.#screen.close();
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

  /** A screen that can show no pointer is told of, and goes on. */
  #cursorOf(head: Head): HeadCursorSink {
    const geometry = () => this.#output.geometry;
    return new HeadCursorSink(head, geometry, (error) => this.#unknown$.next({ error, client: undefined }));
  }

  #seatHost(surfaceOf: SurfaceOf) {
    const [screen, output] = [this.#screen, this.#output];
    return {
      server: this.#server,
      surfaceOf,
      // What is carried lies under the pointer itself, and takes nothing.
      scene: { at: (x: number, y: number) => surfaceAt(nodesOf(this.#shell.windows.placed()), x, y) },
      size: () => screen.logical,
      logicalAt: (x: number, y: number) => screen.logicalAt(x, y),
      scale: () => output.geometry.scale,
      refreshMs: () => output.refreshMs,
      focus: () => this.shown?.xdg.surface,
      popups: this.#shell.popups,
      iconChanged: () => screen.changed(),
      pressed: (surface: Surface) => this.#shell.windows.choose(surface),
      isSlow: (client: Client) => !this.#shell.watch.keepsUp(client),
    };
  }

  /** What is seen, or where, may be another now. */
  #rearranged(): void {
    if (this.#closed) return;
    this.#screen.changed();
    this.#seat.look();
  }

  #openShell(surfaceOf: SurfaceOf, layout: Layout | undefined): Shell {
    return new Shell({
      server: this.#server,
      surfaceOf,
      head: () => this.#screen.logical,
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

  /** What a drag has with it. */
  #carried(): readonly Placed[] {
    const { dragIcon } = this.#seat;
    return dragIcon === undefined ? [] : [dragIcon];
  }

  #resize(facts: OutputFacts): void {
    const { width, height } = this.#output.geometry;
    if (facts.width === width && facts.height === height) return;
    this.#output.change(facts);
    this.#screen.resized();
    this.#shell.windows.look();
  }

  #factsOf({ info: { mode, display } }: Head): OutputFacts {
    return {
      ...this.#look,
      width: mode.width,
      height: mode.height,
      refreshMilliHz: Math.round(mode.refreshHz * 1000),
      connector: display.connector,
    };
  }
}
