/** What goes along with a kiosk beside its result: each is made for an option, and told of the kiosk's beginning and end. */
import { messageOf } from '../errors.js';
import type { Kiosk } from '../kiosk/index.js';
import type { TalliedLife } from '../report/metrics/index.js';
import type { KioskOptions } from './kiosk-options.js';

export interface KioskObserver {
  /** The kiosk is open, and no client is there yet. */
  begin(kiosk: Kiosk, lives: readonly TalliedLife[]): void;
  /** It is about to be closed, its clients have ended; `how`: for people. */
  end?(how: string): void | Promise<void>;
  /** Called in any case, after all else; also where the kiosk could not be opened. Idempotent. */
  close(): void | Promise<void>;
}

/** Each is loaded only where it was asked for. Rejects with ERR_USAGE or ERR_SYSTEM where one cannot be had. */
export async function kioskObservers(
  options: Pick<KioskOptions, 'trace' | 'report' | 'metrics'>,
): Promise<KioskObservers> {
  const { trace, report, metrics } = options;
  const observers: KioskObserver[] = [];
  try {
    if (trace !== undefined) observers.push(new (await import('./kiosk-trace.js')).KioskTrace(trace));
    if (report !== undefined) observers.push(await (await import('./kiosk-report.js')).KioskReporter.at(report));
    if (metrics !== undefined) observers.push(await (await import('./kiosk-metrics.js')).kioskMetrics(metrics));
  } catch (error) {
    await new KioskObservers(observers).close();
    throw error;
  }
  return new KioskObservers(observers);
}

/** All of them. */
export class KioskObservers {
  constructor(private readonly all: readonly KioskObserver[]) {}

  begin(kiosk: Kiosk, lives: readonly TalliedLife[]): void {
    for (const observer of this.all) observer.begin(kiosk, lives);
  }

  /** Why one could not end as it should, a full disk say: neither the others nor the kiosk's own result suffer from it. */
  end(how: string): Promise<unknown[]> {
    return failuresOf(this.all, (observer) => observer.end?.(how));
  }

  /** The first failure is thrown, once all are closed. */
  async close(): Promise<void> {
    const [failure] = await failuresOf(this.all, (observer) => observer.close());
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error(messageOf(failure));
  }
}

async function failuresOf(
  all: readonly KioskObserver[],
  then: (one: KioskObserver) => void | Promise<void>,
): Promise<unknown[]> {
  const endings = await Promise.allSettled(all.map(async (observer) => then(observer)));
  return endings.flatMap((ending) => (ending.status === 'rejected' ? [ending.reason as unknown] : []));
}
