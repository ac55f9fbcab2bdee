/**
 * A kiosk as a service of systemd's kind: it is ready when something of a client's was seen, and its watchdog is fed by frames of
 * clients, by clients that answer although they have nothing to draw, and while the next client is waited with.
 */
import type { Observable } from 'rxjs';
import { errnoOf, messageOf } from '../errors.js';
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';
import { NotifySocket } from './notify-socket.js';
import { watchdogMs } from './service-observer.js';

export interface ServedKiosk {
  /** A frame with something of a client's has come to the screen. */
  readonly shown$: Observable<unknown>;
  /** A client has answered. */
  readonly answered$: Observable<unknown>;
  /** No client runs, and the next one is waited with. */
  readonly pauses: () => boolean;
  /** One line, of the time since it was asked last. */
  readonly status: (seconds: number) => string;
}

const statusEveryMs = 1000;
/** Parts of the watchdog's limit between two feeds: those that answer do so only every five seconds. */
const feedsALimit = 4;

/** Undefined where no service manager listens. */
export function kioskService(environment: NodeJS.ProcessEnv = process.env): KioskService | undefined {
  const { NOTIFY_SOCKET: name = '' } = environment;
  return name === '' ? undefined : new KioskService(new NotifySocket(name), watchdogMs(environment));
}

export class KioskService {
  readonly #alarm: Alarm;
  #ready = false;
  #fedAt = -Infinity;
  #toldAt = 0;
  #told = '';
  #stop: () => void = () => undefined;

  constructor(
    private readonly socket: Pick<NotifySocket, 'send'>,
    private readonly watchdogMs: number | undefined,
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#alarm = new Alarm(clock);
  }

  begin(kiosk: ServedKiosk): void {
    const watching = kiosk.shown$.subscribe(() => {
      if (this.#ready) this.#feed();
      else this.#becomeReady();
    });
    watching.add(kiosk.answered$.subscribe(() => this.#feed()));
    this.#stop = () => {
      watching.unsubscribe();
    };
    this.#toldAt = this.clock.now();
    this.#tellLater(kiosk);
  }

  /** Nothing is told after this. */
  end(status: string, errno?: number): void {
    this.#stop();
    this.#alarm.cancel();
    this.socket.send({ STOPPING: 1, STATUS: status, ...(errno === undefined ? {} : { ERRNO: errno }) });
  }

  fail(error: unknown): void {
    this.end(`failed: ${messageOf(error)}`, errnoOf(error));
  }

  /** From now on the service manager watches. */
  #becomeReady(): void {
    this.#ready = true;
    this.#fedAt = this.clock.now();
    this.socket.send({ READY: 1, STATUS: 'a client is seen' });
  }

  #feed(): void {
    const now = this.clock.now();
    if (!this.#ready || this.watchdogMs === undefined || now - this.#fedAt < this.watchdogMs / feedsALimit) return;
    this.socket.send({ WATCHDOG: 1 });
    this.#fedAt = now;
  }

  #tellLater(kiosk: ServedKiosk): void {
    this.#alarm.start(statusEveryMs, () => {
      if (kiosk.pauses()) this.#feed();
      this.#tell(kiosk);
      this.#tellLater(kiosk);
    });
  }

  #tell({ status }: ServedKiosk): void {
    const now = this.clock.now();
    const line = status((now - this.#toldAt) / 1000);
    this.#toldAt = now;
    if (line !== this.#told) this.socket.send({ STATUS: line });
    this.#told = line;
  }
}

interface ServedHead {
  readonly connector: string;
  readonly counts: { readonly shown: number; readonly direct: number };
}

interface ServedLife {
  readonly starts: number;
  readonly pauses: boolean;
}

/** The line of STATUS: of each head how fast it was, of each client how often it was started. */
export function statusLine(heads: () => readonly ServedHead[], lives: () => readonly ServedLife[]) {
  const before = new Map<string, number>();
  const told = ({ connector, counts: { shown, direct } }: ServedHead, seconds: number) => {
    const rate = (shown - (before.get(connector) ?? 0)) / seconds;
    before.set(connector, shown);
    return `${connector}: ${rate.toFixed(1)} frames/s, ${direct} of ${shown} without a copy`;
  };
  return (seconds: number) => [...heads().map((head) => told(head, seconds)), ...lives().map(lived)].join('; ');
}

function lived({ starts, pauses }: ServedLife): string {
  const times = starts === 1 ? 'once' : `${starts} times`;
  return pauses ? `the client was started ${times}, and is waited with` : `the client was started ${times}`;
}
