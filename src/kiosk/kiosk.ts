/** A Wayland compositor, whose clients' windows each fill a head. */
import { merge, type Observable } from 'rxjs';
import type { Gl } from '../gl/index.js';
import type { Head } from '../head/index.js';
import type { InputEvent } from '../input/index.js';
import type { Client, Fault } from '../wayland/index.js';
import type { Backdrop } from './backdrop.js';
import type { ClientCounts } from './client-counts.js';
import { ClientSockets, type ClientSocket } from './client-sockets.js';
import { Composition, type CompositionOptions, type KioskAddon } from './composition.js';
import type { GpuDrawing } from './gl-choice.js';
import type { Idle } from './idle.js';
import { headFaults, KioskEvents, outputChanges, type OutputChange, type WindowChange } from './kiosk-events.js';
import type { KioskHead } from './kiosk-head.js';
import type { SeatInfo } from './kiosk-seat.js';
import type { KioskWindow } from './layout.js';
import type { ScreenCounts } from './screen-counts.js';
import type { Toplevel } from './shell/toplevel.js';
import type { PictureOutcome } from './telemetry.js';

export interface KioskOptions extends CompositionOptions {
  /** Closes what was opened for the kiosk alone, after it. */
  readonly closeOwned?: (() => Promise<void>) | undefined;
  /** By whom its devices were opened; undefined: by the program. */
  readonly seat?: SeatInfo | undefined;
}

/** What it offers its clients is told by its globals. */
export class Kiosk {
  readonly #events = new KioskEvents();
  readonly #sockets = new ClientSockets((path, connector) => this.listen(path, connector));
  readonly #composition: Composition;
  readonly #closeOwned: KioskOptions['closeOwned'];
  /** By whom its display and its input devices are opened, and why so. */
  readonly seat: SeatInfo;
  #closed = false;
  #closing: Promise<void> | undefined;

  /**
   * Use `openKiosk`. @internal
   *
   * The heads stay the caller's. Throws ERR_LIBRARY_MISSING without libwayland-server or libpixman, ERR_USAGE where an app_id is
   * assigned to none of the heads.
   */
  constructor(
    heads: Head | readonly Head[],
    addon: KioskAddon,
    { closeOwned, seat = { by: 'direct', why: 'directly: its heads were given' }, ...options }: KioskOptions = {},
  ) {
    this.#composition = new Composition(heads, addon, options, this.#events);
    this.#closeOwned = closeOwned;
    this.seat = seat;
  }

  /** In the order in which they were given. */
  get heads(): readonly [KioskHead, ...KioskHead[]] {
    return this.#composition.heads;
  }

  /** How long nobody has used it. */
  get idle(): Idle {
    return this.#composition.idle;
  }

  /** What went wrong with one client, whose the fault is then, with a head, a device or the layout; the rest goes on. */
  get faults$(): Observable<Fault> {
    return merge(this.#composition.server.faults$, this.#events.unknown$, headFaults(this.heads));
  }

  /** What becomes of the clients' windows. */
  get windows$(): Observable<WindowChange> {
    return this.#events.windows$.asObservable();
  }

  /** The heads' states: now, and each one after that. */
  get outputs$(): Observable<OutputChange> {
    return outputChanges(this.heads);
  }

  /** What devices tell, before clients hear of it. */
  get input$(): Observable<InputEvent> {
    return this.#events.input$.asObservable();
  }

  /** Clients that have not answered for ten seconds; it is a fault, too. */
  get hung$(): Observable<Client> {
    return this.#events.hung$.asObservable();
  }

  /** Clients that have answered when they were asked whether they are still there, which they are every five seconds. */
  get answered$(): Observable<Client> {
    return this.#events.answered$.asObservable();
  }

  /** A frame with something of a client's has come to the screen of a head; its connector. */
  get shown$(): Observable<string> {
    return this.#events.shown$.asObservable();
  }

  /** Each client that connects, before its first request. */
  get clients$(): Observable<Client> {
    return this.#composition.server.clients$;
  }

  /** Each client that has gone; its `end` says why. */
  get gone$(): Observable<Client> {
    return this.#composition.server.gone$;
  }

  /** How each picture ended that a client has committed: when it came to the screen, or that it did not. While somebody listens. */
  get pictures$(): Observable<PictureOutcome> {
    return this.#events.telemetry.pictures$.asObservable();
  }

  /** @internal The GL that draws for it, from its first scene on, and the next one after a loss of the GPU. */
  get gl$(): Observable<Gl> {
    return this.#events.gl$.asObservable();
  }

  /** @internal Each scene that the GPU was handed. */
  get drawings$(): Observable<GpuDrawing> {
    return this.#events.drawings$.asObservable();
  }

  /** How many clients are connected, were, and why they have gone. */
  get clientCounts(): ClientCounts {
    return this.#composition.clientCounts;
  }

  /** Of the first head. */
  get counts(): Readonly<ScreenCounts> {
    return this.heads[0].counts;
  }

  /** What clients have opened, in the order in which it came to show something. */
  get windows(): readonly KioskWindow[] {
    return this.#composition.shell.windows.all;
  }

  /** The window that is typed into, or undefined. */
  get active(): KioskWindow | undefined {
    return this.#composition.shell.windows.active;
  }

  /** @internal As it is within. */
  get shown(): Toplevel | undefined {
    return this.#composition.shell.windows.active;
  }

  /**
   * Takes clients at an absolute path; with a connector, clients whose windows are shown on that head. May be called several
   * times. Throws ERR_SYSTEM (EADDRINUSE), ERR_USAGE where there is no such head.
   */
  listen(path: string, connector?: string): void {
    const { server, assignment } = this.#composition;
    const listen = () => {
      server.listen(path);
    };
    if (connector === undefined) listen();
    else assignment.assignSocket(path, connector, listen);
  }

  /**
   * Takes clients at a free name of XDG_RUNTIME_DIR, or of a folder of the kiosk's own where there is none; with a connector, clients
   * whose windows are shown on that head. Throws ERR_USAGE where there is no such head, ERR_SYSTEM.
   */
  openSocket(connector?: string): ClientSocket {
    return this.#sockets.open(connector);
  }

  /** What a device of its heads tells: clients hear of it as their focus is. */
  input(event: InputEvent): void {
    if (this.#closed) return;
    this.#events.input$.next(event);
    if (event.kind !== 'device') this.idle.used();
    const { seat } = this.#composition;
    seat.input(event);
    const { telemetry } = this.#events;
    if (telemetry.pictures$.observed) telemetry.sent(seat.listenerOf(event), event);
  }

  /** @internal Tells what has moved and waits for the next flip, as that does. */
  refresh(): void {
    if (!this.#closed) this.#composition.seat.refresh();
  }

  /** What is seen where no window is, from the next frame on; as the option. Of all heads, or of one. */
  setBackground(background: Backdrop | undefined, connector?: string): void {
    if (this.#closed) return;
    for (const head of this.heads)
      if (connector === undefined || head.connector === connector) head.setBackground(background);
  }

  /** The layout would say something else now. */
  rearrange(): void {
    if (!this.#closed) this.#composition.shell.windows.look();
  }

  /** @internal With it a client may bring a window to the front, once and within a minute. */
  activationToken(): string {
    return this.#composition.shell.tokens.issue(true);
  }

  /** @internal Something around it has failed. */
  fault(error: unknown): void {
    this.#events.fault(error);
  }

  /** @internal Those of the heads that are on, now and whenever they are others. */
  followConnectors(tell: (connectors: readonly string[]) => void): void {
    this.outputs$.subscribe(() => {
      tell(this.heads.filter(({ output }) => output.lit).map(({ output }) => output.connector));
    });
  }

  /** Ends every client's connection, and what was opened for the kiosk; heads that were given show their last pictures. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#composition.close();
    this.#sockets.close();
    this.#events.complete();
    await this.#closeOwned?.();
  }
}
