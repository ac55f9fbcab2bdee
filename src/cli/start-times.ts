/** Where the time from the process's start to the first flip went. */
import { systemKernel, type Kernel } from '../device/index.js';
import { monotonicClock, type Clock, type Flip } from '../loop/index.js';
import { processStartMs, type FirstFlip } from '../report/index.js';

/** Made when the devices are about to be opened: what was before is loading. */
export class StartTimes {
  readonly #openedMs: number;
  #loadMs = 0;
  #mesaMs = 0;
  #glMs: number | undefined;

  constructor(
    private readonly clock: Clock = monotonicClock,
    private readonly startMs = processStartMs(),
  ) {
    this.#openedMs = clock.now();
  }

  /** A kernel that takes the time of what is loaded through it: libraries, and Mesa's driver with its compiler. */
  timed(kernel: Kernel = systemKernel): Kernel {
    const timed: Partial<Kernel> = {
      load: () => {
        this.#load(kernel);
      },
      createGbm: (node) => this.#createGbm(kernel, node),
    };
    return new Proxy(kernel, {
      get: (_, name: keyof Kernel) => timed[name] ?? memberOf(kernel, name),
    });
  }

  /** What GL takes before the first frame, in one or more steps. */
  async gl<T>(step: () => Promise<T>): Promise<T> {
    const from = this.clock.now();
    try {
      return await step();
    } finally {
      this.#glMs = (this.#glMs ?? 0) + this.clock.now() - from;
    }
  }

  /** Milliseconds, whole ones; their sum is that of the first flip. Mesa is loaded on a thread, beside what the devices take. */
  firstFlip({ timestampNs, latencyMs, flipMs }: Pick<Flip, 'timestampNs' | 'latencyMs' | 'flipMs'>): FirstFlip {
    const flippedMs = timestampNs / 1e6;
    const [drawnFromMs, committedMs] = [flippedMs - latencyMs, flippedMs - flipMs];
    const openMs = drawnFromMs - this.#openedMs - this.#loadMs - (this.#glMs ?? 0);
    const mesaMs = Math.min(this.#mesaMs, openMs);
    return {
      loadingMs: Math.round(this.#openedMs - this.startMs + this.#loadMs),
      mesaMs: Math.round(mesaMs),
      devicesMs: Math.round(openMs - mesaMs),
      ...(this.#glMs === undefined ? {} : { glMs: Math.round(this.#glMs) }),
      drawMs: Math.round(committedMs - drawnFromMs),
      flipMs: Math.round(flipMs),
    };
  }

  #load(kernel: Kernel): void {
    const from = this.clock.now();
    kernel.load();
    this.#loadMs += this.clock.now() - from;
  }

  async #createGbm(kernel: Kernel, node: Parameters<Kernel['createGbm']>[0]): ReturnType<Kernel['createGbm']> {
    const from = this.clock.now();
    try {
      return await kernel.createGbm(node);
    } finally {
      this.#mesaMs += this.clock.now() - from;
    }
  }
}

/** Its methods know their kernel by `this`. */
function memberOf(kernel: Kernel, name: keyof Kernel): unknown {
  const member = Reflect.get(kernel, name) as unknown;
  return typeof member === 'function' ? (member.bind(kernel) as unknown) : member;
}
