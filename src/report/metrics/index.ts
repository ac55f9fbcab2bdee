/** A run's figures for Prometheus, while it flips. Loaded only where they are asked for. */
import { GuestheadError } from '../../errors.js';
import { monotonicClock } from '../../loop/index.js';
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

/** prom-client, an optional peer of this package; rejects with ERR_USAGE where it is not installed. */
export async function loadPrometheus(load: () => Promise<object> = () => import('prom-client')): Promise<Prometheus> {
  try {
    return (await load()) as Prometheus;
  } catch (error) {
    throw new GuestheadError('ERR_USAGE', 'Metrics need the package prom-client, which is not installed', {
      advice: 'npm install prom-client',
      cause: error,
    });
  }
}

/** Counts from now on, and serves it; owns listeners and server until `close`. */
export class Metrics {
  /** Rejects with ERR_USAGE where the address cannot be had. */
  static async open(
    prometheus: Prometheus,
    heads: readonly TalliedHead[],
    { address, flipTimeoutMs }: MetricsOptions,
    clock = monotonicClock,
  ): Promise<Metrics> {
    const tallies = new Tallies(heads, clock.now());
    const registry = registryOf(prometheus, tallies.all);
    try {
      const server = await MetricsServer.listen(address, {
        '/metrics': async () => ({ status: 200, type: registry.contentType, text: await registry.metrics() }),
        '/healthz': () => health(tallies, clock.now(), flipTimeoutMs),
      });
      return new Metrics(tallies, server);
    } catch (error) {
      tallies.stop();
      throw error;
    }
  }

  private constructor(
    private readonly tallies: Tallies,
    private readonly server: MetricsServer,
  ) {}

  get url(): string {
    return this.server.url;
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.tallies.stop();
    return this.server.close();
  }
}

function health(tallies: Tallies, now: number, timeoutMs: number): Answer {
  const overdue = tallies.overdue(now, timeoutMs);
  if (overdue.length === 0) return { status: 200, text: 'ok\n' };
  const lines = overdue.map(({ connector, ms }) => `${connector}: no flip for ${(ms / 1000).toFixed(1)} s\n`);
  return { status: 503, text: lines.join('') };
}
