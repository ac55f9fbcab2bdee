/** A run's figures for Prometheus, while it flips. Loaded only where they are asked for. */
import { createRequire } from 'node:module';
import { GuestheadError } from '../../errors.js';
import { monotonicClock, type Clock } from '../../loop/index.js';
import type { TalliedHead } from './head-tally.js';
import { registryOf, type Prometheus } from './registry.js';
import { MetricsServer, type Address, type Answer } from './server.js';
import { Tallies } from './tallies.js';

export type { Prometheus } from './registry.js';
export type { Address } from './server.js';

export interface MetricsOptions {
  readonly address: Address;
  /** A head without a flip for so long, ms, is not well. */
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
  readonly tallies: Tallies;
  readonly registry: ReturnType<typeof registryOf>;
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
        '/healthz': () => metrics.#health(flipTimeoutMs),
      }),
      prometheus,
      clock,
    );
    return metrics;
  }

  private constructor(
    private readonly server: MetricsServer,
    private readonly prometheus: Prometheus,
    private readonly clock: Clock,
  ) {}

  /** The heads are open. */
  begin(heads: readonly TalliedHead[]): void {
    const tallies = new Tallies(heads, this.clock.now());
    this.#running = { tallies, registry: registryOf(this.prometheus, tallies.all) };
  }

  get url(): string {
    return this.server.url;
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#running?.tallies.stop();
    return this.server.close();
  }

  async #figures(): Promise<Answer> {
    if (this.#running === undefined) return starting;
    const { registry } = this.#running;
    return { status: 200, type: registry.contentType, text: await registry.metrics() };
  }

  #health(timeoutMs: number): Answer {
    if (this.#running === undefined) return starting;
    const { tallies } = this.#running;
    const overdue = tallies.overdue(this.clock.now(), timeoutMs);
    if (overdue.length === 0)
      return tallies.all.every(({ flips }) => flips > 0) ? { status: 200, text: 'ok\n' } : starting;
    const lines = overdue.map(({ connector, ms }) => `${connector}: no flip for ${(ms / 1000).toFixed(1)} s\n`);
    return { status: 503, text: lines.join('') };
  }
}
