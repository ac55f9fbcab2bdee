/**
 * The seat: what people do with keyboards, pointers and fingers, told to the clients whom it concerns.
 *
 * Its three kinds of device are one file each; this one says in which order they hear of an event.
 */
import type {
  AxisEvent,
  ButtonEvent,
  DeviceEvent,
  InputEvent,
  Keyboard,
  KeyEvent,
  PointerMotion,
  TouchEvent,
  TouchPointEvent,
} from '../../input/index.js';
import { monotonicClock, type Clock } from '../../loop/index.js';
import type { Client, Resource } from '../../wayland/index.js';
import type { Point } from '../geometry.js';
import { clientOf, type Hit, type SeatHost } from './host.js';
import { Constraints } from './constraints.js';
import { Cursor, type CursorOptions } from './cursor.js';
import { offerCursorShapes } from './cursor-shape.js';
import type { DataSource } from './data/data-source.js';
import { Drags } from './data/drags.js';
import { DataDevices } from './data/manager.js';
import { offerPrimarySelection } from './data/primary-selection.js';
import { Selection } from './data/selection.js';
import { KeyboardFocus } from './keyboard.js';
import { RefreshPace } from './pace.js';
import { Pointer } from './pointer.js';
import { RelativePointers } from './relative-pointer.js';
import { capabilities, SeatGlobal, type Capability } from './seat-global.js';
import { Serials } from './serials.js';
import { TextInputs } from './text-inputs.js';
import { Touch } from './touch.js';

export interface SeatOptions {
  /** Without one there is none for clients either, whatever is plugged in: Chromium crashes when it is typed into without a keymap. */
  readonly keyboard?: Keyboard | undefined;
  readonly cursor?: CursorOptions | undefined;
  readonly clock?: Clock;
}

export class Seat {
  /** What an input method changes. */
  readonly textInputs: TextInputs;
  readonly #serials: Serials;
  readonly #constraints: Constraints;
  readonly #pointer: Pointer;
  readonly #keyboard: KeyboardFocus;
  readonly #touch: Touch;
  readonly #global: SeatGlobal;
  readonly #pace: RefreshPace;
  readonly #cursor: Cursor;
  readonly #drags: Drags;

  constructor(
    private readonly host: SeatHost,
    { keyboard, cursor = {}, clock = monotonicClock }: SeatOptions = {},
  ) {
    const serials = new Serials(() => host.server.nextSerial());
    this.#serials = serials;
    const want = () => {
      this.#pace.want();
    };
    this.#pace = new RefreshPace(
      clock,
      () => host.refreshMs(this.pointerAt),
      () => this.#tell(),
    );
    this.#constraints = this.#openConstraints();
    this.#pointer = this.#openPointer();
    this.#touch = new Touch(host, serials);
    const clipboard = new Selection<DataSource>(serials);
    this.#drags = this.#openDrags(clipboard);
    this.textInputs = new TextInputs(host.server);
    const primary = offerPrimarySelection(host.server, serials);
    this.#keyboard = new KeyboardFocus(serials, keyboard, {
      before: (surface) => {
        const client = surface === undefined ? undefined : clientOf(surface);
        clipboard.focus(client);
        primary.focus(client);
      },
      // Foot warns of a text input in a window that is not typed into yet.
      after: (surface) => this.textInputs.focusOn(surface),
    });
    const cursorHost = {
      mayChoose: (client: Client, serial: number) => this.#mayChooseCursor(client, serial),
      scale: () => host.scale?.(this.pointerAt) ?? 1,
      want,
    };
    this.#cursor = new Cursor(cursorHost, clock, cursor);
    offerCursorShapes(host.server, (...choice) => {
      this.#cursor.setShape(...choice);
    });
    const kinds = keyboard === undefined ? capabilities.filter((each) => each !== 'keyboard') : capabilities;
    this.#global = new SeatGlobal(host.server, { kinds, ...this.#devices() });
  }

  /** What a device tells. Events of devices that are not there are nobody's. */
  input(event: InputEvent): void {
    if (event.kind === 'device') this.#global.device(event.device, event.added);
    else if (!this.#global.has(capabilityOf(event))) return;
    else if (event.kind === 'key') this.#typed(event);
    else if (isTouch(event)) this.#touched(event);
    else this.#pointed(event);
  }

  /** Who hears of such an event, as the focus is now; undefined: nobody. */
  listenerOf(event: InputEvent): Client | undefined {
    if (event.kind === 'device' || event.kind === 'touch-frame') return undefined;
    if (isTouch(event)) return this.#touch.clientOf(event.slot);
    const { focus } = event.kind === 'key' ? this.#keyboard : this.#pointer;
    return focus === undefined ? undefined : clientOf(focus);
  }

  /** A flip has happened, now or at a time of CLOCK_MONOTONIC: what has moved since the last one is told. */
  refresh(flippedMs?: number): void {
    this.#pace.refresh(flippedMs);
  }

  /** Windows or popups came, went, moved, or take input elsewhere: the pointer and the keyboard may be in others now. */
  look(): void {
    this.#keyboard.focusOn(this.host.popups?.grabbing() ?? this.host.focus());
    this.#touch.look();
    if (!this.#pointer.look()) this.#pace.want();
    this.#constraints.look();
  }

  /** Whether a popup of the client may grab for what the user did when it was given this serial. */
  grabAllowed(client: Client, serial: number): boolean {
    return this.#serials.grabAllowed(client, serial);
  }

  /** Whether the client is typed into, and was given this serial: it may let another window be so. */
  mayActivate(client: Client, serial: number): boolean {
    const { focus } = this.#keyboard;
    return focus !== undefined && clientOf(focus) === client && this.#serials.knows(client, serial);
  }

  /** In logical pixels, also while nobody sees it. */
  get pointerAt(): Point {
    return this.#pointer.at;
  }

  /** What a drag carries, and where its upper left corner is; undefined: nothing. */
  get dragIcon(): Hit | undefined {
    const icon = this.#drags.current?.icon;
    return icon?.at === undefined ? undefined : { surface: icon.surface, ...icon.at };
  }

  /** Nothing is told any more. Idempotent. */
  close(): void {
    this.#pace.close();
    this.#cursor.close();
  }

  #devices() {
    return {
      pointer: (resource: Resource<'wl_pointer'>) => {
        this.#bindPointer(resource);
      },
      keyboard: (resource: Resource<'wl_keyboard'>) => {
        this.#keyboard.bind(resource);
      },
      touch: (resource: Resource<'wl_touch'>) => {
        this.#touch.bind(resource);
      },
      came: (capability: Capability) => {
        this.#came(capability);
      },
      went: (capability: Capability) => {
        this.#went(capability);
      },
    };
  }

  #openConstraints(): Constraints {
    return new Constraints({
      server: this.host.server,
      surfaceOf: this.host.surfaceOf,
      hit: () => this.#pointer.hit,
      warp: (to) => {
        this.#pointer.warp(to);
      },
    });
  }

  #openPointer(): Pointer {
    return new Pointer(this.host, this.#serials, {
      relative: new RelativePointers(this.host.server),
      held: (...given) => this.#constraints.held(...given),
      crossed: () => {
        this.#crossed();
        this.#constraints.look();
      },
      moved: () => {
        this.#constraints.look();
      },
    });
  }

  #openDrags(clipboard: Selection<DataSource>): Drags {
    const { host } = this;
    const devices = new DataDevices({
      server: host.server,
      surfaceOf: host.surfaceOf,
      clipboard,
      iconChanged: host.iconChanged?.bind(host),
      startDrag: (request) => {
        this.#drags.start(request);
      },
    });
    return new Drags({
      host,
      serials: this.#serials,
      pointer: this.#pointer,
      touch: this.#touch,
      devicesOf: (client) => devices.of(client),
      ended: () => {
        this.#crossed();
      },
    });
  }

  /** The pointer is in another surface, or in none. While something is dragged the picture of who drags stays. */
  #crossed(): void {
    const { focus } = this.#pointer;
    if (this.#drags.current === undefined) this.#cursor.enter(focus === undefined ? undefined : clientOf(focus));
  }

  #bindPointer(pointer: Resource<'wl_pointer'>): void {
    this.#pointer.bind(pointer, {
      set_cursor: (serial, surface, x, y) => {
        const found = surface === null ? undefined : this.host.surfaceOf(surface);
        if (surface === null || found !== undefined) this.#cursor.setSurface(pointer, serial, found, { x, y });
      },
      release: () => undefined,
    });
  }

  #mayChooseCursor(client: Client, serial: number): boolean {
    const { focus } = this.#pointer;
    const chooser = this.#drags.current?.client ?? (focus === undefined ? undefined : clientOf(focus));
    return client === chooser && this.#serials.mayChooseCursor(client, serial);
  }

  #typed(event: KeyEvent): void {
    this.#tell();
    this.#keyboard.key(event);
  }

  #pointed(event: PointerMotion | ButtonEvent | AxisEvent): void {
    this.#cursor.used();
    if (event.kind === 'button') this.#pointer.button(event);
    else if (event.kind === 'axis') this.#pointer.axis(event);
    else if (this.#pointer.move(event)) this.#pace.want();
  }

  #touched(event: TouchEvent): void {
    this.#cursor.touched();
    if (event.kind === 'touch-motion') this.#slid(event);
    else if (event.kind === 'touch-down') this.#touch.down(event);
    else if (event.kind === 'touch-up') this.#touch.up(event);
    else if (event.kind === 'touch-cancel') this.#touch.cancel(event);
    else this.#touch.frame();
  }

  #slid(event: TouchPointEvent): void {
    if (this.#touch.move(event)) this.#pace.want();
  }

  /** Whether everybody has heard where the pointer and the fingers are. */
  #tell(): boolean {
    const pointer = this.#pointer.tell();
    const touch = this.#touch.tell();
    this.#touch.frame();
    this.#cursor.tell(this.#pointer.at);
    return pointer && touch;
  }

  #came(capability: Capability): void {
    if (capability === 'keyboard') this.#keyboard.come();
    else if (capability === 'touch') this.#touch.bound.renew();
    else this.#pointer.come();
  }

  #went(capability: Capability): void {
    if (capability === 'keyboard') this.#keyboard.go();
    else if (capability === 'touch') this.#touch.go();
    else this.#pointer.go();
  }
}

function capabilityOf(event: Exclude<InputEvent, DeviceEvent>): Capability {
  if (event.kind === 'key') return 'keyboard';
  return isTouch(event) ? 'touch' : 'pointer';
}

function isTouch(event: InputEvent): event is TouchEvent {
  return event.kind.startsWith('touch-');
}
