/** A run's figures for Prometheus, while it flips, or a kiosk's. Loaded only where they are asked for. */
import { createRequire } from 'node:module';
import { GuestheadError } from '../../errors.js';
import { monotonicClock, type Clock } from '../../loop/index.js';
import type { TalliedHead } from './head-tally.js';
import { kioskFamilies } from './kiosk-families.js';
import { KioskTally, type TalliedKiosk, type TalliedLife } from './kiosk-tally.js';
import { registryOf, type Prometheus } from './registry.js';
import { MetricsServer, type Address, type Answer } from './server.js';
import { Tallies } from './tallies.js';

export type { Prometheus } from './registry.js';
export type { TalliedKiosk, TalliedLife } from './kiosk-tally.js';
export type { Address } from './server.js';

export interface MetricsOptions {
  readonly address: Address;
  /** A head without a flip for so long, ms, is not well; nor is a kiosk without a sign of its clients' life. */
  readonly flipTimeoutMs: number;
}

/** Not import(), which a function from V8's code cache (src/cli/start.ts) cannot do. */
const require = createRequire(import.meta.url);

/** prom-client, an optional peer of this package; rejects with ERR_USAGE where it is not installed. */
export async function loadPrometheus(load = (): unknown => require('prom-client')): Promise<Prometheus> {
  try {
    return (await load()) as Prometheus;
  } catch (error) {
    throw new GuestheadError('ERR_USAGE', 'Metrics need the package prom-client, which is not installed', {
      advice: 'npm install prom-client',
      cause: error,
    });
  }
}

/** Until there is a head to tell of, and in /healthz until each has flipped: 503, which whoever waits for it asks again. */
const starting: Answer = { status: 503, text: 'starting\n' };

interface Running {
  readonly registry: ReturnType<typeof registryOf>;
  readonly health: () => Answer;
  readonly stop: () => void;
}

/** Serves from now on, and counts from `begin` on; owns listeners and server until `close`. */
export class Metrics {
  #running: Running | undefined;

  /** Rejects with ERR_USAGE where the address cannot be had. */
  static async listen(
    prometheus: Prometheus,
    { address, flipTimeoutMs }: MetricsOptions,
    clock = monotonicClock,
  ): Promise<Metrics> {
    const metrics: Metrics = new Metrics(
      await MetricsServer.listen(address, {
        '/metrics': () => metrics.#figures(),
        '/healthz': () => metrics.#running?.health() ?? starting,
      }),
      ...([prometheus, flipTimeoutMs, clock] as const),
    );
    return metrics;
  }

  private constructor(
    private readonly server: MetricsServer,
    private readonly prometheus: Prometheus,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** The heads are open. */
  begin(heads: readonly TalliedHead[]): void {
    const tallies = new Tallies(heads, this.clock.now());
    this.#running = {
      registry: registryOf(this.prometheus, tallies.all),
      health: () => this.#flipHealth(tallies),
      stop: () => tallies.stop(),
    };
  }

  /** The kiosk is open, on these heads, whose flips say nothing of its health: its clients draw when they like. */
  beginKiosk(heads: readonly TalliedHead[], kiosk: TalliedKiosk, lives: readonly TalliedLife[]): void {
    const { clock } = this;
    const tallies = new Tallies(heads, clock.now());
    const tally = new KioskTally(kiosk, lives, () => clock.now());
    this.#running = {
      registry: registryOf(this.prometheus, tallies.all, kioskFamilies(tally)),
      health: () => this.#clientHealth(tally),
      stop: () => {
        tallies.stop();
        tally.stop();
      },
    };
  }

  get url(): string {
    return this.server.url;
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#running?.stop();
    return this.server.close();
  }

  async #figures(): Promise<Answer> {
    if (this.#running === undefined) return starting;
    const { registry } = this.#running;
    return { status: 200, type: registry.contentType, text: await registry.metrics() };
  }

  #flipHealth(tallies: Tallies): Answer {
    const overdue = tallies.overdue(this.clock.now(), this.timeoutMs);
    if (overdue.length === 0)
      return tallies.all.every(({ flips }) => flips > 0) ? { status: 200, text: 'ok\n' } : starting;
    const lines = overdue.map(({ connector, ms }) => `${connector}: no flip for ${(ms / 1000).toFixed(1)} s\n`);
    return { status: 503, text: lines.join('') };
  }

  #clientHealth(tally: KioskTally): Answer {
    const quietMs = tally.quietMs(this.clock.now());
    if (quietMs === undefined) return starting;
    if (quietMs <= this.timeoutMs) return { status: 200, text: 'ok\n' };
    return { status: 503, text: `no frame and no answer of a client for ${(quietMs / 1000).toFixed(1)} s\n` };
  }
}
