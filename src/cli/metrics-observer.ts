/** `run --metrics`: the run's figures over HTTP for as long as it flips. */
import { type Head, parseHeadOptions } from '../head/index.js';
import { loadPrometheus, Metrics, type Address } from '../report/metrics/index.js';

/** Rejects with ERR_USAGE where prom-client is missing. */
export async function metricsObserver(address: Address, flipTimeoutMs: number | undefined) {
  const prometheus = await loadPrometheus();
  const options = { address, flipTimeoutMs: parseHeadOptions({ flipTimeoutMs }).flipTimeoutMs };
  let metrics: Metrics | undefined;
  return {
    begin: async (heads: readonly Head[]) => {
      metrics = await Metrics.open(prometheus, heads, options);
      process.stderr.write(`metrics: ${metrics.url}\n`);
    },
    close: () => metrics?.close(),
  };
}
