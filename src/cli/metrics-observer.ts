/** `run --metrics`: the run's figures over HTTP, from before the devices are opened to the end. */
import { type Head, parseHeadOptions } from '../head/index.js';
import { loadPrometheus, Metrics, type Address } from '../report/metrics/index.js';

/** Rejects with ERR_USAGE where prom-client is missing, or the address cannot be had. */
export async function metricsObserver(address: Address, flipTimeoutMs: number | undefined) {
  const prometheus = await loadPrometheus();
  const options = { address, flipTimeoutMs: parseHeadOptions({ flipTimeoutMs }).flipTimeoutMs };
  const metrics = await Metrics.listen(prometheus, options);
  process.stderr.write(`metrics: ${metrics.url}\n`);
  return {
    begin: (heads: readonly Head[]) => {
      metrics.begin(heads);
    },
    close: () => metrics.close(),
  };
}
