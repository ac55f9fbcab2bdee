/** What a client has said of a buffer's planes before the buffer is made. */
import { closeSync } from 'node:fs';
import { enums, ProtocolError, type Resource } from '../../wayland/index.js';
import { countHeld } from './held.js';

const { error: errors } = enums.zwp_linux_buffer_params_v1;
/** From here on all planes have the same modifier. */
const sameModifierSince = 5;
export const mostPlanes = 4;

export interface Plane {
  readonly fd: number;
  /** Bytes. */
  readonly offset: number;
  readonly stride: number;
  readonly modifier: bigint;
}

/** Owns the descriptors of its planes, until they are taken. */
export class Planes {
  readonly #planes: (Plane | undefined)[] = [];
  #taken = false;

  constructor(private readonly params: Resource<'zwp_linux_buffer_params_v1'>) {}

  /** Takes the plane's descriptor over. Throws ProtocolError; it stays the caller's then. */
  add(index: number, plane: Plane): void {
    this.#throwIfTaken();
    if (index >= mostPlanes) throw this.#wrong(errors.plane_idx, `there is no plane ${index}`);
    if (this.#planes[index] !== undefined) throw this.#wrong(errors.plane_set, `plane ${index} is set already`);
    const isOther = this.#planes.some((each) => each !== undefined && each.modifier !== plane.modifier);
    if (isOther && this.params.version >= sameModifierSince)
      throw this.#wrong(errors.invalid_format, 'its planes have different modifiers');
    this.#planes[index] = plane;
    countHeld(this.params.client, 1);
  }

  /** The planes, which are used up with it whatever comes of them; their descriptors stay owned here. Throws ProtocolError. */
  take(): readonly Plane[] {
    this.#throwIfTaken();
    this.#taken = true;
    const planes = this.#planes.flatMap((plane) => plane ?? []);
    if (planes.length === 0 || planes.length < this.#planes.length)
      throw this.#wrong(errors.incomplete, 'a plane is missing');
    return planes;
  }

  /** The descriptor of a plane has another owner now. */
  handOver(plane: Plane): void {
    this.#planes[this.#planes.indexOf(plane)] = undefined;
    countHeld(this.params.client, -1);
  }

  /** Idempotent. */
  close(): void {
    for (const plane of this.#planes.splice(0)) {
      if (plane === undefined) continue;
      closeSync(plane.fd);
      countHeld(this.params.client, -1);
    }
  }

  #throwIfTaken(): void {
    if (this.#taken) throw this.#wrong(errors.already_used, 'a buffer was made of it already');
  }

  #wrong(code: number, text: string): ProtocolError {
    return new ProtocolError(this.params, code, text);
  }
}
