/** `kiosk --metrics`: the kiosk's figures over HTTP, from before the devices are opened to the end. */
import type { Kiosk } from '../kiosk/index.js';
import { loadPrometheus, Metrics, type Address, type TalliedLife } from '../report/metrics/index.js';

/** Each client is asked every five seconds whether it is there, and has ten for its answer. */
const quietMs = 15_000;

/** A `KioskObserver`. Rejects with ERR_USAGE where prom-client is missing, or the address cannot be had. */
export async function kioskMetrics(address: Address) {
  const metrics = await Metrics.listen(await loadPrometheus(), { address, flipTimeoutMs: quietMs });
  process.stderr.write(`metrics: ${metrics.url}\n`);
  return {
    begin: (kiosk: Kiosk, lives: readonly TalliedLife[]) => {
      const heads = kiosk.heads.map(({ head }) => head);
      metrics.beginKiosk(heads, kiosk, lives);
    },
    close: () => metrics.close(),
  };
}
