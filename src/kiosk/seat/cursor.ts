/**
 * The seat's cursor: which picture the pointer has, and whether it is seen.
 *
 * The client whose surface has the pointer chooses: a surface of its own, a shape by name, or nothing. Until it has, the
 * pointer is the plain one.
 */
import type { Clock } from '../../loop/index.js';
import { enums, ProtocolError, type Client, type Resource } from '../../wayland/index.js';
import { answerShown } from '../frame-callbacks.js';
import type { Surface } from '../surface.js';
import { CursorSurface } from './cursor-surface.js';
import type { CursorSink } from './cursor-image.js';
import type { ShapeName } from './cursor-names.js';
import { CursorTheme } from './cursor-theme.js';
import { CursorVisibility, type CursorMode } from './cursor-visibility.js';
import type { Point } from '../geometry.js';

export interface CursorOptions {
  /** Where it is shown; undefined: nowhere. */
  readonly sink?: CursorSink | undefined;
  /** Default `auto`: seen from the first motion on, until a finger is used or nothing for 3 s. */
  readonly mode?: CursorMode | undefined;
  /** Where shapes come from that clients name. Default: by this process's environment. */
  readonly theme?: CursorTheme | undefined;
}

export interface CursorHost {
  /** Whether a client may choose now, by the serial of what made it. */
  mayChoose(client: Client, serial: number): boolean;
  /** Pixels of the head to one logical one. */
  scale(): number;
  /** Something is to be told with the next flip. */
  want(): void;
}

/** `none`: the client hides it. */
type Choice = CursorSurface | ShapeName | 'none';

const nsPerMs = 1e6;

export class Cursor {
  readonly #visibility: CursorVisibility;
  readonly #theme: CursorTheme;
  readonly #sink: CursorSink | undefined;
  #choice: Choice = 'default';
  #client: Client | undefined;
  #shown: Point | undefined;
  /** What its picture was made for. */
  #scale: number | undefined;

  constructor(
    private readonly host: CursorHost,
    private readonly clock: Clock,
    { sink, mode = 'auto', theme = new CursorTheme() }: CursorOptions,
  ) {
    this.#sink = sink;
    this.#theme = theme;
    this.#visibility = new CursorVisibility(mode, clock, () => {
      this.#show();
    });
    this.#show();
  }

  /** The pointer is in a surface of this client now: another one's picture is not its. */
  enter(client: Client | undefined): void {
    if (client === this.#client) return;
    this.#client = client;
    this.#choose('default');
  }

  /** wl_pointer.set_cursor. */
  setSurface(pointer: Resource<'wl_pointer'>, serial: number, surface: Surface | undefined, hotspot: Point): void {
    const role = surface === undefined ? undefined : this.#roleOf(pointer, surface);
    const isSame = role !== undefined && role === this.#choice;
    if (!isSame && !this.host.mayChoose(pointer.client, serial)) return;
    if (role !== undefined) role.hotspot = hotspot;
    this.#choose(role ?? 'none');
  }

  setShape(client: Client, serial: number, shape: ShapeName): void {
    if (this.host.mayChoose(client, serial)) this.#choose(shape);
  }

  used(): void {
    this.#visibility.used();
  }

  touched(): void {
    this.#visibility.touched();
  }

  /** A flip has happened, or a refresh without one: the pointer is there now, and has come to the screen. */
  tell(at: Point): void {
    if (at.x !== this.#shown?.x || at.y !== this.#shown.y) this.#sink?.move(at.x, at.y);
    this.#shown = at;
    if (this.#scale !== undefined && this.#scale !== this.host.scale()) this.#show();
    const choice = this.#choice;
    if (choice instanceof CursorSurface && this.#visibility.visible)
      answerShown(choice.surface.takeCallbacks(), this.clock.now() * nsPerMs);
  }

  /** Idempotent. */
  close(): void {
    this.#visibility.close();
  }

  /** A surface keeps its role, and the place that points, when it is chosen again. */
  #roleOf(pointer: Resource<'wl_pointer'>, surface: Surface): CursorSurface {
    if (surface.role instanceof CursorSurface) return surface.role;
    const role = new CursorSurface(surface, (cursor) => {
      this.#committed(cursor);
    });
    if (surface.setRole(role)) return role;
    throw new ProtocolError(pointer, enums.wl_pointer.error.role, 'the surface has another role');
  }

  #choose(choice: Choice): void {
    this.#choice = choice;
    this.#show();
  }

  #committed(cursor: CursorSurface): void {
    if (cursor !== this.#choice) return;
    this.#show();
    this.host.want();
  }

  #show(): void {
    const image = this.#visibility.visible ? this.#image() : undefined;
    if (image === undefined) this.#sink?.hide();
    else this.#sink?.show(image);
  }

  #image() {
    const choice = this.#choice;
    if (choice === 'none') return undefined;
    const scale = this.host.scale();
    this.#scale = scale;
    return choice instanceof CursorSurface ? choice.image(scale) : this.#theme.image(choice, scale);
  }
}
