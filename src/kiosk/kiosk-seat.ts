/** The seat of a kiosk: who opens its devices, and what becomes of them while the seat is another session's. */
import type { Kernel } from '../device/index.js';
import type { GuestheadError } from '../errors.js';
import type { Gpus } from '../head/index.js';
import type { OpenedDevice } from '../input/index.js';
import type { SessionAddon } from '../native/session.js';
import { daemonBack, findSession, sessionKernel, type FoundSession, type SessionChange } from '../session/index.js';
import type { SeatChoice } from '../session/choices.js';

/** By whom a kiosk's display and input devices are opened. */
export interface SeatInfo {
  readonly by: 'libseat' | 'direct';
  /** For people: the seat and its daemon, or why none. */
  readonly why: string;
}

/** What is used only while the seat is the kiosk's own. */
export interface SeatedParts {
  readonly gpus: Pick<Gpus, 'pause' | 'resume' | 'renewDisplay'>;
  readonly input: SeatedInput;
}

export interface SeatedInput {
  suspend(): void;
  /** From now on devices are opened by `open`; undefined: directly. */
  resume(open: OpenDevice | undefined): void;
}

export type OpenDevice = (node: string) => OpenedDevice;

/** How soon a display is asked for again that is not had back with the seat, and a daemon that has gone is looked for. */
const againMs = 1000;

export class KioskSeat {
  #found: FoundSession;
  #parts: SeatedParts | undefined;
  #away = false;
  /** The display is of a session whose daemon has gone. */
  #stale = false;
  #again: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  private constructor(
    private readonly addon: SessionAddon,
    choice: SeatChoice,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.#found = findSession(addon, choice);
    this.#listen();
    if (this.#found.fault !== undefined) onFault(this.#found.fault);
  }

  /**
   * Throws ERR_SEAT or ERR_LIBRARY_MISSING where `libseat` was asked for. `onFault` hears why a daemon that is there is of no use, and of one
   * that goes.
   */
  static open(addon: SessionAddon, choice: SeatChoice, onFault: (error: unknown) => void): KioskSeat {
    return new KioskSeat(addon, choice, onFault);
  }

  /** As it was first. */
  get info(): SeatInfo {
    const { session, why } = this.#found;
    return { by: session === undefined ? 'direct' : 'libseat', why };
  }

  /** Undefined: devices are opened directly. */
  get open(): OpenDevice | undefined {
    const { session } = this.#found;
    return session === undefined || session.ended ? undefined : (node) => session.open(node);
  }

  /** The one in which the GPUs are opened. */
  kernel(system: Kernel): Kernel {
    return this.#found.session === undefined ? system : sessionKernel(() => this.#found.session, system);
  }

  /** They are the seat's to stop and to go on from now on. */
  begin(parts: SeatedParts): void {
    this.#parts = parts;
    const { session } = this.#found;
    if (session !== undefined && !session.active && !session.ended) this.#leave();
  }

  /** After all that was opened by it. Idempotent. */
  close(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#looking);
    this.#parts = undefined;
    this.#found.session?.close();
  }

  #listen(): void {
    const { session } = this.#found;
    if (session !== undefined) session.onChange = (change) => this.#follow(change);
  }

  #follow(change: SessionChange): void {
    if (change.kind === 'enabled') this.#comeBack();
    else if (change.kind === 'gone') this.#goOn(change.fault);
    else {
      this.#leave();
      this.#found.session?.acknowledge();
    }
  }

  /** The heads commit nothing then, and nothing of it is a fault. */
  #leave(): void {
    clearTimeout(this.#again);
    if (this.#parts === undefined) return;
    this.#away = true;
    const { gpus, input } = this.#parts;
    this.#reporting(() => gpus.pause());
    this.#reporting(() => input.suspend());
  }

  /** The display first: who does not have it has no business with the keys. */
  #comeBack(isFirst = true): void {
    clearTimeout(this.#again);
    if (!this.#away || this.#parts === undefined) return;
    const { gpus, input } = this.#parts;
    try {
      this.#renewDisplay(gpus);
      gpus.resume();
    } catch (error) {
      if (isFirst) this.onFault(error);
      this.#again = setTimeout(() => this.#comeBack(false), againMs);
      return;
    }
    this.#away = false;
    this.#reporting(() => input.resume(this.open));
  }

  /** Its open file is that of a session that is no more: only a new one is given DRM master. */
  #renewDisplay(gpus: SeatedParts['gpus']): void {
    const { session } = this.#found;
    if (!this.#stale || session === undefined || session.ended) return;
    this.#stale = false;
    gpus.renewDisplay(daemonBack(session.backend.what));
  }

  /**
   * By what this process may do itself, until there is a daemon again. One that was asked to end has taken all that it gave; one that was
   * killed, nothing: whether the display is there still, the next commit shows.
   */
  #goOn(fault: GuestheadError): void {
    this.onFault(fault);
    this.#stale = true;
    const { input } = this.#parts ?? {};
    if (this.#away) this.#comeBack();
    else if (input !== undefined)
      this.#reporting(() => {
        input.suspend();
        input.resume(undefined);
      });
    this.#lookForDaemon();
  }

  /** One that is started again knows nothing of us. */
  #lookForDaemon(): void {
    this.#looking = setTimeout(() => {
      const found = findSession(this.addon, 'auto');
      if (found.session === undefined) this.#lookForDaemon();
      else this.#sitDown(found);
    }, againMs);
  }

  #sitDown(found: FoundSession): void {
    this.#found.session?.close();
    this.#found = found;
    this.#listen();
    this.#leave();
    if (found.session?.active === true) this.#comeBack();
  }

  #reporting(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.onFault(error);
    }
  }
}
