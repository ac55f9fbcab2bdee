/**
 * A run as a service of systemd's kind: it is ready when every head has flipped, its
 * watchdog is fed by flips and by nothing else, and its status is one line a second at most.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { errnoOf, messageOf } from '../errors.js';
import { headChannels, type FlipMessage, type HeadName } from '../head/index.js';
import { monotonicClock, type Clock } from '../loop/index.js';
import { NotifySocket } from './notify-socket.js';

/** What is asked of a run that has ended. */
export interface ServedRun {
  readonly result: { readonly reasons: readonly string[] };
  readonly error: unknown;
}

/** What is asked of an open head here. */
export interface ServedHead {
  readonly id: number;
  readonly info: { readonly path: string; readonly display: { readonly connector: string } };
}

const statusEveryMs = 1000;

/** The observer that NOTIFY_SOCKET asks for, with the watchdog that WATCHDOG_USEC asks for. */
export function serviceObserver(name: string, environment: NodeJS.ProcessEnv): ServiceObserver {
  return new ServiceObserver(new NotifySocket(name), watchdogMs(environment));
}

/** How often the service manager wants to hear of this process; undefined where it does not, or means another process. */
export function watchdogMs(environment: NodeJS.ProcessEnv, pid = process.pid): number | undefined {
  const { WATCHDOG_USEC: limit = '', WATCHDOG_PID: meant = String(pid) } = environment;
  if (Number(meant) !== pid || !/^[1-9]\d*$/.test(limit)) return undefined;
  return Number(limit) / 1000;
}

/** Of one head since the last status; `missed` and `faults` since the beginning. */
interface Counts {
  readonly head: ServedHead;
  flips: number;
  missed: number;
  faults: number;
}

/** A RunObserver. */
export class ServiceObserver {
  /** By the head's id. */
  #heads = new Map<number, Counts>();
  /** Those that have not flipped since the last feed. */
  #awaited = new Set<number>();
  #ready = false;
  #fedAt = 0;
  #toldAt = 0;
  #told = '';
  #stopTelling: () => void = () => undefined;

  constructor(
    private readonly socket: Pick<NotifySocket, 'send'>,
    private readonly watchdogMs: number | undefined,
    private readonly clock: Clock = monotonicClock,
  ) {}

  begin(heads: readonly ServedHead[]): void {
    for (const head of heads) this.#heads.set(head.id, { head, flips: 0, missed: 0, faults: 0 });
    this.#await();
    subscribe(headChannels.flip, this.#onFlip);
    subscribe(headChannels.fault, this.#onFault);
    this.#toldAt = this.clock.now();
    this.#tellLater();
  }

  end(runs: readonly ServedRun[]): void {
    this.close();
    const reasons = runs.flatMap(({ result }) => result.reasons);
    const error = runs.find(({ error }) => error !== undefined)?.error;
    this.#stop(reasons.length === 0 ? 'ended well' : `failed: ${reasons.join('; ')}`, errnoOf(error));
  }

  fail(error: unknown): void {
    this.close();
    this.#stop(`failed: ${messageOf(error)}`, errnoOf(error));
  }

  /** Idempotent. */
  close(): void {
    unsubscribe(headChannels.flip, this.#onFlip);
    unsubscribe(headChannels.fault, this.#onFault);
    this.#stopTelling();
  }

  #stop(status: string, errno: number | undefined): void {
    this.socket.send({ STOPPING: 1, STATUS: status, ...(errno === undefined ? {} : { ERRNO: errno }) });
  }

  readonly #onFlip = (message: unknown): void => {
    const { id, flip } = message as FlipMessage;
    const counts = this.#heads.get(id);
    if (counts === undefined) return;
    counts.flips++;
    counts.missed += flip.missed;
    this.#awaited.delete(id);
    if (this.#awaited.size > 0) return;
    if (!this.#ready) this.#becomeReady();
    else this.#feed();
  };

  readonly #onFault = (message: unknown): void => {
    const counts = this.#heads.get((message as HeadName).id);
    if (counts !== undefined) counts.faults++;
  };

  #await(): void {
    for (const id of this.#heads.keys()) this.#awaited.add(id);
  }

  /** From now on the service manager watches. */
  #becomeReady(): void {
    this.#ready = true;
    this.socket.send({ READY: 1, STATUS: 'every head flips' });
    this.#fedAt = this.clock.now();
    this.#await();
  }

  /** Every head has flipped since the last time: that is said at half the limit, as sd_watchdog_enabled(3) advises. */
  #feed(): void {
    const now = this.clock.now();
    if (this.watchdogMs === undefined || now - this.#fedAt < this.watchdogMs / 2) return;
    this.socket.send({ WATCHDOG: 1 });
    this.#fedAt = now;
    this.#await();
  }

  #tellLater(): void {
    this.#stopTelling = this.clock.after(statusEveryMs, () => {
      this.#tell();
      this.#tellLater();
    });
  }

  #tell(): void {
    const now = this.clock.now();
    const seconds = (now - this.#toldAt) / 1000;
    const status = [...this.#heads.values()].map((counts) => statusOf(counts, seconds)).join('; ');
    this.#toldAt = now;
    if (status !== this.#told) this.socket.send({ STATUS: status });
    this.#told = status;
  }
}

/** Begins the next count of flips. */
function statusOf(counts: Counts, seconds: number): string {
  const { head, flips, missed, faults } = counts;
  const { path, display } = head.info;
  counts.flips = 0;
  return `${display.connector}: ${(flips / seconds).toFixed(1)} flips/s, ${missed} missed, path ${path}, ${faults} faults`;
}
