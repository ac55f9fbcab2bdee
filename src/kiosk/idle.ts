/** How long nobody has used the seat, and which of the surfaces that are seen want the screen to stay on meanwhile. */
import { Observable } from 'rxjs';
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';
import type { Surface } from './surface.js';

export interface IdleOptions {
  /** Whether a surface that inhibits holds this back; default true. Without it the user's input alone counts. */
  readonly heedsInhibitors?: boolean;
}

/** What comes sooner after the user's last input is a pause between two of their movements. */
const leastMs = 100;
/** Node's timers count no further: one that is to be longer looks again. */
const longestTimerMs = 2 ** 31 - 1;

export class Idle {
  readonly #timers = new Set<IdleTimer>();
  readonly #inhibitors = new Map<object, Pick<Surface, 'seen'>>();
  #inhibited = false;
  #closed = false;

  /** @internal Of the kiosk. */
  constructor(private readonly clock: Clock = monotonicClock) {}

  /** Whether a surface that is seen inhibits. */
  get inhibited(): boolean {
    return this.#inhibited;
  }

  /**
   * True when nobody has done anything for `ms`, counted from the subscription, and no surface that is seen has inhibited it; false
   * when somebody does something again. An inhibitor that comes later ends no idleness. It completes when the kiosk is closed.
   */
  for(ms: number, { heedsInhibitors = true }: IdleOptions = {}): Observable<boolean> {
    return new Observable((subscriber) => {
      if (this.#closed) {
        subscriber.complete();
        return undefined;
      }
      const isHeld = () => heedsInhibitors && this.#inhibited;
      const timer = new IdleTimer(this.clock, Math.max(ms, leastMs), isHeld, subscriber);
      this.#timers.add(timer);
      return () => {
        timer.cancel();
        this.#timers.delete(timer);
      };
    });
  }

  /** The user, or something that counts as one, has done something. */
  used(): void {
    for (const timer of [...this.#timers]) timer.used();
  }

  /** @internal The surface wants the screen to stay on whenever it is seen, until what this gives is called. */
  inhibit(surface: Pick<Surface, 'seen'>): () => void {
    const inhibitor = {};
    this.#inhibitors.set(inhibitor, surface);
    this.look();
    return () => {
      this.#inhibitors.delete(inhibitor);
      this.look();
    };
  }

  /** @internal Other surfaces are seen now. The time begins anew when the last one that inhibits is gone: a film has ended. */
  look(): void {
    const before = this.#inhibited;
    this.#inhibited = [...this.#inhibitors.values()].some(({ seen }) => seen);
    if (before && !this.#inhibited) for (const timer of this.#timers) timer.freed();
  }

  /** @internal Nobody is told anything any more. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const timer of [...this.#timers]) timer.end();
  }
}

class IdleTimer {
  readonly #alarm: Alarm;
  #sinceMs: number;
  #isIdle = false;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly isHeld: () => boolean,
    private readonly told: { next(isIdle: boolean): void; complete(): void },
  ) {
    this.#alarm = new Alarm(clock);
    this.#sinceMs = clock.now();
    this.#look();
  }

  /** The alarm is left as it is: input comes a thousand times a second, and when it rings there is time left. */
  used(): void {
    this.#sinceMs = this.clock.now();
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#look();
    this.told.next(false);
  }

  /** What held it back has gone. */
  freed(): void {
    if (this.#isIdle || this.isHeld()) return;
    this.#sinceMs = this.clock.now();
    if (!this.#alarm.set) this.#look();
  }

  cancel(): void {
    this.#alarm.cancel();
  }

  end(): void {
    this.told.complete();
  }

  #look(): void {
    const left = this.#sinceMs + this.ms - this.clock.now();
    if (left > 0) this.#alarm.start(Math.min(left, longestTimerMs), () => this.#look());
    else if (!this.isHeld()) {
      this.#isIdle = true;
      this.told.next(true);
    }
  }
}
