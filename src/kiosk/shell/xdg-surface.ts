/** xdg_surface: a surface that is a window, whose size is agreed on before it has a picture. */
import type { Rectangle } from '../../buffer/index.js';
import { enums, ProtocolError, type Client, type Resource } from '../../wayland/index.js';
import type { Role, Surface } from '../surface.js';
import type { LateAnswers } from './late-answers.js';

const { error: errors } = enums.xdg_surface;
const { error: baseErrors } = enums.xdg_wm_base;

/** What the role above it says and hears. */
export interface WindowRole {
  readonly name: 'xdg_toplevel' | 'xdg_popup';
  /**
   * Sends what it has to say of the size; `xdg_surface.configure` follows it. What it returns comes into force when the client has
   * answered.
   */
  configure(): (() => void) | undefined;
  /** Throws ProtocolError where what was asked of the window since its last commit cannot be. */
  precommit(attaches: boolean): void;
  /** The window has a picture now, or has another. */
  committed(): void;
  /** It has none any more, and is as if it had just been made. */
  unmapped(): void;
  /** Its surface has gone. */
  gone(): void;
}

/** A popup as its parent has it. */
export interface ChildPopup {
  readonly xdg: XdgSurface;
  /** Among all popups, the order of their making. */
  readonly number: number;
  /** Its window geometry, relative to its parent's; undefined where it is not to be seen. */
  readonly place: Rectangle | undefined;
  /** Ends it, and before it all that stand on it. Idempotent. */
  dismiss(): void;
  /** Its parent or the head has changed. */
  reconsider(): void;
}

interface Configure {
  readonly serial: number;
  readonly apply: (() => void) | undefined;
}

/** A client that asks for sizes all the time and takes none. */
const mostUnanswered = 1024;
const byResource = new WeakMap<Resource<'xdg_surface'>, XdgSurface>();
const bySurface = new WeakMap<Surface, XdgSurface>();

export class XdgSurface implements Role {
  /** Those that were made as its children and have not gone, in the order of their making. */
  readonly popups: ChildPopup[] = [];
  #window: WindowRole | undefined;
  #unacked: Configure[] = [];
  /** Its first commit came, and was answered. */
  #started = false;
  #mapped = false;
  #geometry: Rectangle | undefined;

  constructor(
    readonly resource: Resource<'xdg_surface'>,
    readonly base: Resource<'xdg_wm_base'>,
    readonly surface: Surface,
    private readonly nextSerial: () => number,
    private readonly late: Pick<LateAnswers, 'asked' | 'answered'>,
  ) {
    byResource.set(resource, this);
    bySurface.set(surface, this);
  }

  static of(resource: Resource<'xdg_surface'>): XdgSurface | undefined {
    return byResource.get(resource);
  }

  /** The one that a surface has, as long as its object is there. */
  static on(surface: Surface): XdgSurface | undefined {
    const found = bySurface.get(surface);
    return found?.resource.alive === true ? found : undefined;
  }

  get client(): Client {
    return this.resource.client;
  }

  get name(): string {
    return this.#window?.name ?? 'xdg_surface';
  }

  get hasObject(): boolean {
    return this.#window !== undefined;
  }

  get window(): WindowRole | undefined {
    return this.#window;
  }

  /** Whether the window has its picture. */
  get mapped(): boolean {
    return this.#mapped;
  }

  /** The part of the surface that is the window, without shadows: in the surface's own pixels. */
  get geometry(): Rectangle {
    const { width = 0, height = 0 } = this.surface.view ?? {};
    return this.#geometry ?? { x: 0, y: 0, width, height };
  }

  /** `make` is called where it is no window yet. Throws ProtocolError: it is one, or its surface was something else. */
  become(make: () => WindowRole): void {
    if (this.#window !== undefined)
      throw new ProtocolError(this.resource, errors.already_constructed, 'it is a window already');
    this.#window = make();
    if (!this.surface.setRole(this))
      throw new ProtocolError(this.base, baseErrors.role, 'its surface was something else before');
  }

  /** The window's object has gone: it shows nothing, and may become one of the same kind again. */
  leave(): void {
    this.#dismissPopups();
    this.#window = undefined;
    this.surface.endRole();
    this.#reset();
    this.#geometry = undefined;
    this.surface.pending.effects.delete(this);
  }

  /** Says a size to the client. Before its first commit it waits for that. */
  configure(): void {
    if (!this.#started || this.#window === undefined) return;
    const apply = this.#window.configure();
    const serial = this.nextSerial();
    this.#unacked.push({ serial, apply });
    this.late.asked(this);
    if (this.#unacked.length > mostUnanswered) this.resource.client.refuseMore();
    this.resource.send.configure(serial);
  }

  ack(serial: number): void {
    this.#throwUnlessWindow();
    const index = this.#unacked.findIndex((each) => each.serial === serial);
    if (index < 0)
      throw new ProtocolError(this.resource, errors.invalid_serial, `${serial} was not sent, or was answered`);
    this.#unacked
      .splice(0, index + 1)
      .at(-1)
      ?.apply?.();
    if (this.#unacked.length === 0) this.late.answered(this);
  }

  setGeometry(geometry: Rectangle): void {
    this.#throwUnlessWindow();
    if (geometry.width <= 0 || geometry.height <= 0)
      throw new ProtocolError(this.resource, errors.invalid_size, 'a window has a size');
    this.surface.pending.setEffect(this, () => {
      this.#geometry = geometry;
    });
  }

  /** A client that was told a size may be slow to answer: only before it was told one must it not show anything. */
  precommit(attaches: boolean): void {
    if (attaches && !this.#started)
      throw new ProtocolError(this.resource, errors.unconfigured_buffer, 'it has a picture before its size was told');
    this.#window?.precommit(attaches);
  }

  committed(): void {
    if (this.#mapped && !this.surface.mapped) {
      this.#unmap();
      return;
    }
    this.#mapped = this.surface.mapped;
    if (!this.#started) {
      this.#started = true;
      this.configure();
    }
    this.#window?.committed();
  }

  surfaceGone(): void {
    this.#dismissPopups();
    this.#reset();
    this.#window?.gone();
  }

  #unmap(): void {
    this.#dismissPopups();
    this.#reset();
    this.#window?.unmapped();
  }

  /** The newest first. */
  #dismissPopups(): void {
    for (const popup of [...this.popups].reverse()) popup.dismiss();
  }

  #reset(): void {
    this.late.answered(this);
    this.#started = false;
    this.#mapped = false;
    // What is on its way may still be answered.
    this.#unacked = this.#unacked.map(({ serial }) => ({ serial, apply: undefined }));
  }

  #throwUnlessWindow(): void {
    if (this.#window === undefined)
      throw new ProtocolError(this.resource, errors.not_constructed, 'it is not a window yet');
  }
}
