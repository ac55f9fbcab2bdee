/** SESSION: this process at a seat that a daemon gives it and takes from it, and the devices that it opens there. */
import type { GuestheadError } from '../errors.js';
import { sessionEvents, type NativeSession, type SeatRefusal, type SessionAddon } from '../native/session.js';
import { quietly, type Closable } from '../owner.js';
import type { Backend } from './backends.js';
import { daemonGone, notOpened, refused } from './failures.js';

/** The daemon has opened it for the session. Its owner's to close. */
export interface SeatDevice extends Closable {
  /** Not to be closed: to be duplicated. */
  readonly fd: number;
}

export type SessionChange =
  /** The devices may be used: input devices have to be opened anew, DRM master is had again. */
  | { readonly kind: 'enabled' }
  /** They may not; whoever hears of it calls `acknowledge` when they are not any longer. */
  | { readonly kind: 'disabled' }
  /** The daemon is not there any more. What it had opened may go on working, or not. */
  | { readonly kind: 'gone'; readonly fault: GuestheadError };

/** Open, it keeps the event loop alive. */
export class Session {
  /** As the daemon calls the seat: `seat0`. */
  readonly seat: string;
  /** Hears of each change from now on. */
  onChange: (change: SessionChange) => void = () => undefined;
  readonly #native: NativeSession;
  #state: 'new' | SessionChange['kind'] | 'closed' = 'new';
  #looking: NodeJS.Immediate | undefined;

  /** Throws ERR_SEAT, or as the addon does without libseat. */
  constructor(
    addon: SessionAddon,
    readonly backend: Backend,
  ) {
    this.#native = open(addon, backend, (event, errno, log) => {
      this.#hear(event, errno, log);
    });
    this.seat = this.#native.name();
    this.#native.dispatch(); // what came with the answer lies in libseat's buffer, and no descriptor tells of it
  }

  /** Whether the seat is its own now. */
  get active(): boolean {
    return this.#state === 'enabled';
  }

  /** Whether the daemon has gone, or it was closed: nobody else opens devices, or says who is DRM master. */
  get ended(): boolean {
    return this.#state === 'gone' || this.#state === 'closed';
  }

  /** Throws ERR_NOT_MASTER while the seat is another's, ERR_SEAT where the daemon does not open it. */
  open(path: string): SeatDevice {
    try {
      const [device, fd] = this.#native.openDevice(path);
      return { fd, close: () => this.#closeDevice(device) };
    } catch (error) {
      throw notOpened(path, error as SeatRefusal);
    } finally {
      this.#lookSoon();
    }
  }

  /** To `disabled`. */
  acknowledge(): void {
    quietly(() => {
      this.#native.acknowledge();
    }); // where the daemon has gone meanwhile, that is told
    this.#lookSoon();
  }

  /** With all its devices. Idempotent. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearImmediate(this.#looking);
    this.#native.close();
  }

  #closeDevice(device: number): void {
    if (this.#state === 'closed') return;
    quietly(() => {
      this.#native.closeDevice(device);
    });
    this.#lookSoon();
  }

  /** An event may have come with the answer to a call, as above; told within that, it would find its caller half-way. */
  #lookSoon(): void {
    if (this.ended || this.#looking !== undefined) return;
    this.#looking = setImmediate(() => {
      this.#looking = undefined;
      if (!this.ended) this.#native.dispatch();
    });
  }

  #hear(event: number, errno: number, log: string): void {
    if (this.ended) return;
    if (event === sessionEvents.gone) {
      this.#state = 'gone';
      this.onChange({ kind: 'gone', fault: daemonGone(this.backend.what, errno, log) });
      return;
    }
    const kind = event === sessionEvents.enabled ? 'enabled' : 'disabled';
    if (this.#state === kind) return;
    this.#state = kind;
    this.onChange({ kind });
  }
}

function open(addon: SessionAddon, backend: Backend, onEvent: (event: number, errno: number, log: string) => void) {
  try {
    return addon.openSession(backend.name, onEvent);
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw code === 'ERR_LIBRARY_MISSING' ? error : refused(backend, error as SeatRefusal);
  }
}
