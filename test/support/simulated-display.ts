/** A display that flips by itself, on simulated time; what sets its pace is the test's choice. */
import type { Draw, Flip, LoopOptions } from '../../src/loop/index.js';
import { HandClock, periodMs, Rig, settle, subscribe } from './loop-rig.js';

/** When the flip of a commit comes, both in ms; `last`: the flip before. */
export type Pacemaker = (committedAt: number, last: number) => number;

/** A vblank timer, and a host that takes `hostMs` for a frame; at least `cycles` from one flip to the next. */
export function vblankTimer({ hostMs = 1, cycles = 1 } = {}): Pacemaker {
  return (committedAt, last) => {
    const done = after(committedAt + hostMs, periodMs);
    return Math.max(done, Math.round(last / periodMs) + cycles) * periodMs;
  };
}

/** No vblank timer: the host takes a frame with each refresh of its own screen, and the flip comes with that. */
export function hostScreen(hostPeriodMs: number): Pacemaker {
  return (committedAt) => after(committedAt, hostPeriodMs) * hostPeriodMs;
}

/** The first tick after, safe from rounding. */
function after(ms: number, tickMs: number): number {
  return Math.floor(ms / tickMs + 1e-6) + 1;
}

/** No vblank timer, and a host that holds nothing up. */
export const freeRunning: Pacemaker = (committedAt) => committedAt + 0.05;

export class SimulatedDisplay extends Rig {
  readonly clock = new HandClock();
  /** Timers are late by up to this, as Node's are. */
  turnMs = 1;
  /** When a commit was tried, whatever the answer, ms. */
  readonly tried: number[] = [];
  #committedAt = 0;
  #lastFlip = 0;

  constructor(
    public pacemaker: Pacemaker,
    buffers = 4,
  ) {
    super(buffers);
  }

  start(draw?: Draw, options?: Partial<LoopOptions>) {
    return subscribe(this, draw, this.clock, options);
  }

  override commit(slot: number, inFence: number, modeset: boolean, damage?: Uint32Array): number {
    this.tried.push(this.clock.time);
    const result = super.commit(slot, inFence, modeset, damage);
    if (result === 0) this.#committedAt = this.clock.time;
    return result;
  }

  /** The most commits tried in any second. */
  busiestSecond(): number {
    return Math.max(0, ...this.tried.map((from) => this.tried.filter((at) => at >= from && at < from + 1000).length));
  }

  /** Turn by turn: a flip that is due comes before what waits for the end of the turn, as in Node. */
  async run(ms: number): Promise<void> {
    const end = this.clock.time + ms;
    while (this.clock.time < end) {
      const due = this.#due();
      if (due <= this.clock.time) this.#flip(due);
      else this.clock.advance(Math.min(this.turnMs, end - this.clock.time, due - this.clock.time));
      await settle();
      if (this.#due() > this.clock.time) this.clock.advance(0);
    }
  }

  #due(): number {
    return this.native.pending === undefined ? Infinity : this.pacemaker(this.#committedAt, this.#lastFlip);
  }

  /** The event may come late; its time is the vblank's. */
  #flip(at: number): void {
    this.#lastFlip = at;
    const { sequence, timestampNs } = this.native;
    const cycles = Math.max(1, Math.round(at / periodMs) - sequence);
    this.flip({ cycles, elapsedNs: at * 1e6 - timestampNs });
  }
}

/** Runs the loop on a display with drawings of `drawMs`; `starts`: how long after the flip before each began. */
export async function simulate(pacemaker: Pacemaker, drawMs: number, options: Partial<LoopOptions>, seconds = 5) {
  const display = new SimulatedDisplay(pacemaker);
  const starts: number[] = [];
  const draw = () => {
    starts.push(display.clock.time - display.native.timestampNs / 1e6);
    display.clock.time += drawMs;
  };
  const { flips, subscription } = display.start(draw, options);
  await display.run(seconds * 1000);
  subscription.unsubscribe();
  return { flips, starts, display };
}

export const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
/** What comes once the loop has learnt: the last second. */
export const settled = <T>(list: readonly T[]) => list.slice(-60);
/** From the start of the drawing to the screen, ms: the mean. */
export const latencyOf = (flips: readonly Flip[]) => mean(settled(flips).map(({ latencyMs }) => latencyMs));
