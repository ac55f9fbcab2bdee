/** A kiosk that never was, for what tells of kiosks. */
import { Subject } from 'rxjs';
import type { ClientCounts, PictureOutcome } from '../../src/kiosk/index.js';
import { ClientCounts as Counts } from '../../src/kiosk/client-counts.js';
import { ScreenCounts } from '../../src/kiosk/screen-counts.js';
import { KioskRecording } from '../../src/report/kiosk/index.js';
import type { Client, ClientEnd, Fault } from '../../src/wayland/index.js';
import { HandClock } from './loop-rig.js';

/** Times are ms. */
interface MadeUpPicture {
  readonly committedMs: number;
  /** Undefined: unseen. */
  readonly shownMs?: number;
  readonly inputMs?: number;
  readonly zeroCopy?: boolean;
}

export const madeUpConnector = 'Virtual-1';

export class MadeUpKiosk {
  readonly clock = new HandClock();
  readonly clients$ = new Subject<Client>();
  readonly gone$ = new Subject<Client>();
  readonly pictures$ = new Subject<PictureOutcome>();
  readonly faults$ = new Subject<Fault>();
  readonly shown$ = new Subject<string>();
  readonly answered$ = new Subject<Client>();
  readonly clientCounts: ClientCounts = new Counts(this);
  readonly heads = [{ connector: madeUpConnector, counts: MadeUpKiosk.counts({ direct: 0, drawn: {} }) }];

  static counts({ direct, drawn, byGpu = 0 }: { direct: number; drawn: Record<string, number>; byGpu?: number }) {
    const counts = new ScreenCounts();
    for (const [why, count] of Object.entries(drawn)) for (let times = 0; times < count; times++) counts.drew(why);
    const all = Object.values(drawn).reduce((sum, count) => sum + count, direct);
    return Object.assign(counts, { direct, byGpu, shown: all });
  }

  record(): KioskRecording {
    return new KioskRecording(this, this.clock);
  }

  /** A client of that process. */
  connect(pid: number | undefined): Client {
    const credentials = pid === undefined ? undefined : { pid, uid: 0, gid: 0 };
    const client = { alive: true, end: undefined, credentials } as unknown as Client;
    this.clients$.next(client);
    return client;
  }

  leave(client: Client, end: ClientEnd): void {
    Object.assign(client, { alive: false, end, credentials: undefined });
    this.gone$.next(client);
  }

  picture(client: Client, { committedMs, shownMs, inputMs, zeroCopy = false }: MadeUpPicture): void {
    const shown = shownMs === undefined ? undefined : { connector: madeUpConnector, atMs: shownMs, zeroCopy };
    this.pictures$.next({ client, committedMs, inputMs, shown });
  }
}
