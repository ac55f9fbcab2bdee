/** xdg_surface: a surface that is a window, whose size is agreed on before it has a picture. */
import { enums, ProtocolError, type Resource } from '../wayland/index.js';
import type { Role, Surface } from './surface.js';

const { error: errors } = enums.xdg_surface;

/** What the role above it says at a commit. */
export interface WindowRole {
  readonly name: string;
  /** Sends what it has to say of the size; `xdg_surface.configure` follows it. */
  configure(): void;
  /** The window has a picture now, has another, or none any more. */
  committed(): void;
  /** Its surface has gone. */
  gone(): void;
}

export class XdgSurface implements Role {
  readonly #unacked: number[] = [];
  #window: WindowRole | undefined;
  /** Its first commit came, and was answered. */
  #started = false;
  #configured = false;

  constructor(
    readonly resource: Resource<'xdg_surface'>,
    readonly surface: Surface,
    private readonly nextSerial: () => number,
  ) {}

  get name(): string {
    return this.#window?.name ?? 'xdg_surface';
  }

  get window(): WindowRole | undefined {
    return this.#window;
  }

  /** Throws ProtocolError: it is a window already, or its surface is something else. */
  become(window: WindowRole): void {
    if (this.#window !== undefined)
      throw new ProtocolError(this.resource, errors.already_constructed, 'it is a window already');
    this.#window = window;
    if (!this.surface.setRole(this))
      throw new ProtocolError(
        this.resource,
        enums.xdg_surface.error.already_constructed,
        'its surface has another role',
      );
  }

  /** The window's object has gone: it shows nothing, and may become one again. */
  leave(): void {
    this.#window = undefined;
    this.#started = false;
    this.#configured = false;
    this.#unacked.length = 0;
  }

  /** Says a size to the client. Before its first commit it waits for that. */
  configure(): void {
    if (!this.#started || this.#window === undefined) return;
    this.#window.configure();
    const serial = this.nextSerial();
    this.#unacked.push(serial);
    this.resource.send.configure(serial);
  }

  ack(serial: number): void {
    const index = this.#unacked.indexOf(serial);
    if (index < 0)
      throw new ProtocolError(this.resource, errors.invalid_serial, `${serial} was not sent, or was answered`);
    this.#unacked.splice(0, index + 1);
    this.#configured = true;
  }

  precommit(attaches: boolean): void {
    if (this.#window === undefined)
      throw new ProtocolError(this.resource, errors.not_constructed, 'it is committed before it is a window');
    if (attaches && !this.#started)
      throw new ProtocolError(
        this.resource,
        errors.unconfigured_buffer,
        'it has a picture before its size was agreed on',
      );
  }

  committed(): void {
    if (!this.#started) {
      this.#started = true;
      this.configure();
    }
    this.#window?.committed();
  }

  surfaceGone(): void {
    this.#window?.gone();
  }
}
