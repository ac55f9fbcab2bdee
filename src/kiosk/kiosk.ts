/** A Wayland compositor for one head, in which one client's window fills the screen. */
import { merge, type Observable, Subject } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Head } from '../head/index.js';
import { WaylandServer, type Fault, type WaylandAddon } from '../wayland/index.js';
import { offerCompositor } from './compositor.js';
import { Output, type OutputFacts } from './output.js';
import { Screen, type ScreenCounts } from './screen.js';
import type { Toplevel } from './toplevel.js';
import { offerXdgShell } from './xdg-shell.js';

/** `guesthead/kiosk` is young: what it offers its clients grows, and says so by its globals. */
export class Kiosk {
  readonly #server: WaylandServer;
  readonly #screen: Screen;
  readonly #output: Output;
  readonly #windows: Toplevel[] = [];
  readonly #unknown$ = new Subject<Fault>();
  #closed = false;

  /** The head stays the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server. */
  constructor(head: Head, addon: WaylandAddon) {
    this.#server = new WaylandServer(addon);
    this.#screen = new Screen(head);
    this.#output = new Output(this.#server, factsOf(head));
    this.#offer();
    head.state$.subscribe((state) => {
      if (state.kind === 'on') this.#resize(factsOf(head));
    });
  }

  /** What went wrong with one client; the others go on. */
  get faults$(): Observable<Fault> {
    return merge(this.#server.faults$, this.#unknown$);
  }

  get counts(): Readonly<ScreenCounts> {
    return this.#screen.counts;
  }

  /** The window that fills the head, or undefined. */
  get shown(): Toplevel | undefined {
    return this.#windows.find(({ xdg }) => xdg.surface === this.#screen.surface);
  }

  /** Takes clients at an absolute path. Throws ERR_SYSTEM (EADDRINUSE). */
  listen(path: string): void {
    this.#server.listen(path);
  }

  /** Ends every client's connection; the head shows its last picture. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#screen.close();
    this.#server.close();
    this.#unknown$.complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #offer(): void {
    const surfaces = offerCompositor(this.#server, {
      server: this.#server,
      onUnknownBuffer: ({ resource }) => {
        const text = 'A client shows a buffer that is of no kind that it was offered';
        this.#unknown$.next({ error: new GuestheadError('ERR_UNSUPPORTED', text), client: resource.client });
      },
    });
    this.#server.offerShm();
    offerXdgShell({
      server: this.#server,
      surfaces,
      host: {
        size: () => this.#output.size,
        changed: (toplevel) => {
          this.#changed(toplevel);
        },
        closed: (toplevel) => {
          this.#forget(toplevel);
        },
      },
    });
  }

  #changed(toplevel: Toplevel): void {
    if (!this.#windows.includes(toplevel)) this.#windows.push(toplevel);
    const before = this.#screen.surface;
    this.#choose();
    if (before === toplevel.xdg.surface && this.#screen.surface === before) this.#screen.changed();
    if (before !== toplevel.xdg.surface && this.#screen.surface === toplevel.xdg.surface) this.#enter(toplevel);
  }

  #forget(toplevel: Toplevel): void {
    const index = this.#windows.indexOf(toplevel);
    if (index >= 0) this.#windows.splice(index, 1);
    if (!this.#closed) this.#choose();
  }

  /** The newest window that shows something. */
  #choose(): void {
    this.#screen.show(this.#windows.findLast(({ mapped }) => mapped)?.xdg.surface);
  }

  #enter({ xdg: { surface } }: Toplevel): void {
    for (const output of this.#output.of(surface.resource.client)) surface.resource.send.enter(output);
  }

  #resize(facts: OutputFacts): void {
    const { width, height } = this.#output.size;
    if (facts.width === width && facts.height === height) return;
    this.#output.change(facts);
    for (const { xdg } of this.#windows) xdg.configure();
  }
}

function factsOf({ info: { mode, display } }: Head): OutputFacts {
  return {
    width: mode.width,
    height: mode.height,
    refreshMilliHz: Math.round(mode.refreshHz * 1000),
    connector: display.connector,
  };
}
