/** wl_surface: a client's picture, changed by commits. */
import { enums, ProtocolError, type AnyResource, type Resource, type WaylandServer } from '../wayland/index.js';
import { Picture } from './picture.js';
import { regionOf, type Box } from './region.js';
import { ShmBuffer } from './shm-buffer.js';
import { applied, damageIn, emptyPending, initialState, type CurrentState } from './surface-state.js';

/** What a surface is for: given once for its life. */
export interface Role {
  readonly name: string;
  /** Before a commit is taken over. Throws ProtocolError where the role forbids it. */
  precommit(attaches: boolean): void;
  /** After it was. */
  committed(): void;
  /** The surface goes; a role's object that is still there outlives it without one. */
  surfaceGone(): void;
}

export interface SurfaceHost {
  readonly server: WaylandServer;
  /** A picture that nobody can show: of a kind that is not known. */
  onUnknownBuffer(surface: Surface): void;
}

/** What is told to whoever made it. */
interface SurfaceOwner extends SurfaceHost {
  onGone(): void;
}

const { error: errors } = enums.wl_surface;
const transforms = new Set<number>(Object.values(enums.wl_output.transform));

export class Surface {
  #pending = emptyPending();
  #current: CurrentState = initialState;
  #buffer: ShmBuffer | undefined;
  /** Whether the client's buffer was not read yet, and is still ours. */
  #held = false;
  #picture: Picture | undefined;
  #damage: Box[] | undefined = [];
  #callbacks: Resource<'wl_callback'>[] = [];
  #role: Role | undefined;

  constructor(
    private readonly host: SurfaceOwner,
    readonly resource: Resource<'wl_surface'>,
  ) {
    resource.implement(this.#requests(), () => {
      this.#gone();
    });
  }

  get current(): CurrentState {
    return this.#current;
  }

  /** Whether it shows a picture. */
  get mapped(): boolean {
    return this.#buffer !== undefined;
  }

  get role(): Role | undefined {
    return this.#role;
  }

  /** Whether it has, or is about to get, a picture. */
  get hasBuffer(): boolean {
    return this.#buffer !== undefined || (this.#pending.buffer ?? null) !== null;
  }

  /** False where it has another already. The same again is an object of the same role after the one before has gone. */
  setRole(role: Role): boolean {
    if (this.#role !== undefined && this.#role.name !== role.name) return false;
    this.#role = role;
    return true;
  }

  /**
   * What it shows now, and the parts that changed since this was asked (undefined = all of it). The client's buffer is read
   * for it and given back. Undefined where it shows nothing.
   */
  look():
    { readonly picture: Picture; readonly damage: readonly Box[] | undefined; readonly copied: number } | undefined {
    const buffer = this.#buffer;
    if (buffer === undefined) return undefined;
    if (this.#picture?.width !== buffer.width || this.#picture.height !== buffer.height)
      this.#picture = new Picture(buffer.width, buffer.height);
    const damage = this.#damage;
    this.#damage = [];
    const copied = this.#held ? this.#picture.read(buffer, damage) : 0;
    this.#release();
    return { picture: this.#picture, damage, copied };
  }

  /** Whoever takes them tells them when the picture came to the screen. */
  takeCallbacks(): Resource<'wl_callback'>[] {
    return this.#callbacks.splice(0);
  }

  /** The client may draw into its buffer again. */
  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#buffer?.release();
  }

  #requests() {
    const pending = () => this.#pending;
    return {
      destroy: () => undefined,
      attach: (buffer: AnyResource | null, x: number, y: number) => {
        this.#attach(buffer, x, y);
      },
      damage: (x: number, y: number, width: number, height: number) => {
        pending().damage.push({ x, y, width, height });
      },
      damage_buffer: (x: number, y: number, width: number, height: number) => {
        pending().bufferDamage.push({ x, y, width, height });
      },
      frame: (callback: Resource<'wl_callback'>) => {
        pending().callbacks.push(callback.implement({}));
      },
      set_opaque_region: (region: Resource<'wl_region'> | null) => {
        pending().opaque = { region: regionOf(region) };
      },
      set_input_region: (region: Resource<'wl_region'> | null) => {
        pending().input = { region: regionOf(region) };
      },
      set_buffer_scale: (scale: number) => {
        if (scale < 1) throw new ProtocolError(this.resource, errors.invalid_scale, `${scale} is no scale`);
        pending().scale = scale;
      },
      set_buffer_transform: (transform: number) => {
        if (!transforms.has(transform))
          throw new ProtocolError(this.resource, errors.invalid_transform, `${transform} is no transform`);
        pending().transform = transform;
      },
      // Where a full-screen surface is, is not the client's to say.
      offset: () => undefined,
      commit: () => {
        this.#commit();
      },
    };
  }

  #attach(buffer: AnyResource | null, x: number, y: number): void {
    const { resource } = this;
    if (resource.version >= 5 && (x !== 0 || y !== 0))
      throw new ProtocolError(resource, errors.invalid_offset, 'an offset is given by wl_surface.offset');
    this.#pending.buffer = buffer;
  }

  #commit(): void {
    const pending = this.#pending;
    this.#role?.precommit((pending.buffer ?? null) !== null);
    this.#pending = emptyPending();
    this.#current = applied(this.#current, pending);
    if (pending.buffer !== undefined) this.#take(pending.buffer);
    this.#addDamage(damageIn(this.#current, pending));
    this.#callbacks.push(...pending.callbacks);
    this.#role?.committed();
  }

  /** A picture that nobody has looked at is passed over. */
  #take(resource: AnyResource | null): void {
    this.#release();
    const buffer = resource?.alive === true ? ShmBuffer.of(this.host.server, resource) : undefined;
    const sizeDiffers = buffer?.width !== this.#buffer?.width || buffer?.height !== this.#buffer?.height;
    if (sizeDiffers) this.#damage = undefined;
    this.#buffer = buffer;
    if (resource !== null && buffer === undefined) this.host.onUnknownBuffer(this);
    if (buffer === undefined) return;
    this.#checkSize(buffer);
    buffer.use();
    this.#held = true;
  }

  #checkSize({ width, height }: ShmBuffer): void {
    const { scale } = this.#current;
    if (width % scale === 0 && height % scale === 0) return;
    const text = `a buffer of ${width}x${height} cannot have scale ${scale}`;
    throw new ProtocolError(this.resource, errors.invalid_size, text);
  }

  #addDamage(damage: readonly Box[] | undefined): void {
    if (damage === undefined) this.#damage = undefined;
    else this.#damage?.push(...damage);
  }

  #gone(): void {
    this.#release();
    this.#buffer = undefined;
    this.#picture = undefined;
    this.#role?.surfaceGone();
    this.host.onGone();
  }
}
