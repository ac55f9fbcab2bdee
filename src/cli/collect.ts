/** Gives back what clients have left behind in V8's old heap, while nobody sees it take its time. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Observable, Subscription } from 'rxjs';

/** What so many have had comes to some hundred KiB. */
const everyClients = 16;

/** Of a kiosk. */
interface Observed {
  readonly gone$: Observable<unknown>;
  readonly windows: () => readonly unknown[];
}

/**
 * What a client had lives long enough to be taken into the old heap, which V8 lets grow by some 15 MiB before it looks what of
 * that is still used. So it is made to look when many have gone and no window is there. Ends with the subscription.
 */
export function collectBetween({ gone$, windows }: Observed, collect = collectAll): Subscription {
  let gone = 0;
  const look = () => {
    if (gone < everyClients || windows().length > 0) return;
    gone = 0;
    collect();
  };
  return gone$.subscribe(() => {
    // Its windows go after it.
    if (++gone >= everyClients) setImmediate(look);
  });
}

/** V8 gives its collector to whoever makes a context after it was told to. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
}
