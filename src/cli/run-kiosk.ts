/** One life of the kiosk: heads, a compositor on them, clients in that. */
import { filter, first } from 'rxjs';
import { GuestheadError, messageAndAdvice } from '../errors.js';
import {
  assertProgram,
  howEnded,
  openKiosk,
  openSocket,
  runtimeFolder,
  type Backdrop,
  type ClientLife,
  type ClientUser,
  type Kiosk,
} from '../kiosk/index.js';
import { loadNative } from '../native/index.js';
import { Owner } from '../owner.js';
import { GpuFigures, PictureFigures } from '../report/kiosk/index.js';
import { backdropOf } from './kiosk-backdrop.js';
import { collectBetween } from './collect.js';
import { beginLife, endHung, userOf } from './kiosk-client.js';
import { planClients, type KioskPlan, type PlannedClient } from './kiosk-clients.js';
import type { KioskOptions } from './kiosk-options.js';
import { kioskObservers, type KioskObservers } from './kiosk-observers.js';
import { kioskService, statusLine, type KioskService, type ServedKiosk } from './kiosk-service.js';
import { headResult, resultOf, type ClientResult, type KioskResult } from './kiosk-result.js';
import { kioskWishes } from './kiosk-wishes.js';
import { RunSignals } from './run-signals.js';
import { outputNews } from './kiosk-outputs.js';
import { takeRealTime } from './real-time.js';
import { keepYoungHeap } from './young-heap.js';

export type { KioskResult } from './kiosk-result.js';

/** A service manager that listens is told how it goes, and how it ended. */
export async function runKiosk(words: readonly string[], options: KioskOptions): Promise<KioskResult> {
  const service = kioskService();
  try {
    const result = await run(words, options, service);
    service?.end(`the client ended with ${howEnded(result.client)}`);
    return result;
  } catch (error) {
    service?.fail(error);
    throw error;
  }
}

async function run(
  words: readonly string[],
  options: KioskOptions,
  service: KioskService | undefined,
): Promise<KioskResult> {
  const plan = planClients(words, options);
  for (const { command } of plan.clients) assertProgram(command[0] ?? '');
  // What was asked for is looked at before the screen changes.
  const checked = { backdrop: backdropOf(options.background), user: userOf(options), service };
  const observers = await kioskObservers(options);
  try {
    const kiosk = await openKiosk(kioskWishes(plan, options, checked.backdrop));
    keepYoungHeap();
    loadNative().giveBackFreedMemory();
    const realTime = takeRealTime(options.realTime);
    try {
      return await serveAndCount({ kiosk, plan, options, ...checked, observers, realTime });
    } finally {
      await kiosk.close();
    }
  } finally {
    await observers.close();
  }
}

async function serveAndCount(served: Served): Promise<KioskResult> {
  const { kiosk, options, observers } = served;
  const asked = options.json === true;
  const figures = asked ? new PictureFigures(kiosk.pictures$) : undefined;
  const gpu = asked ? new GpuFigures(kiosk, loadNative()) : undefined;
  const clients = await serve(served).finally(() => gpu?.stop());
  const counted = {
    ...{ connections: kiosk.clientCounts, seat: kiosk.seat, realTime: served.realTime },
    ...{ timed: figures?.result() ?? null, gl: gpu?.result() ?? null },
  };
  const result = resultOf(clients, kiosk.heads.map(headResult), counted);
  const failures = await observers.end(`the client ended with ${howEnded(result.client)}`);
  for (const failure of failures) say(messageAndAdvice(failure));
  return result;
}

interface Served {
  readonly kiosk: Kiosk;
  readonly plan: KioskPlan;
  readonly options: KioskOptions;
  readonly backdrop: Backdrop | undefined;
  readonly user: ClientUser | undefined;
  readonly service: KioskService | undefined;
  readonly observers: KioskObservers;
  /** Whether the event loop is a real-time thread. */
  readonly realTime: boolean;
}

/** Ends when all clients have. */
async function serve(served: Served): Promise<readonly ClientResult[]> {
  const { kiosk, plan, options, user, service, observers } = served;
  const owner = new Owner();
  try {
    const faults = kiosk.faults$.subscribe(({ error }) => {
      say(messageAndAdvice(error));
    });
    faults.add(outputNews(kiosk.outputs$, kiosk.seat.by !== 'direct').subscribe(say));
    faults.add(collectBetween({ gone$: kiosk.gone$, windows: () => kiosk.windows }));
    owner.defer(() => {
      faults.unsubscribe();
    });
    if (options.hung === 'kill') faults.add(kiosk.hung$.subscribe((client) => endHung(client, say, user)));
    const [folder, signals] = [owner.own(runtimeFolder(user)), owner.own(new RunSignals())];
    const lives = plan.clients.map((client) => start(owner, client, folder.path, served));
    signals.signal$.subscribe(() => {
      for (const life of lives) life.end();
    });
    service?.begin(servedBy(kiosk, lives));
    observers.begin(kiosk, lives);
    const ended = Promise.all(lives.map(async (life) => ({ client: await life.ended, starts: life.starts })));
    return await (options.reopen === true ? ended : Promise.race([ended, untilLost(kiosk, lives)]));
  } finally {
    owner.close();
  }
}

/** Without its display, which is not waited for, it shows nothing any more: whoever started it is to know, and its clients end. */
function untilLost({ outputs$ }: Kiosk, lives: readonly ClientLife[]): Promise<never> {
  return new Promise((_, reject) => {
    outputs$.pipe(first(({ state }) => state.kind === 'lost', undefined)).subscribe((lost) => {
      if (lost === undefined) return; // it was closed
      for (const life of lives) life.close();
      const advice = 'give --reopen to go on when it comes back';
      reject(
        new GuestheadError('ERR_DEVICE_LOST', 'The display or its GPU has gone, and the kiosk with it', { advice }),
      );
    });
  });
}

function servedBy({ heads, shown$, answered$ }: Kiosk, lives: readonly ClientLife[]): ServedKiosk {
  return {
    shown$,
    answered$,
    pauses: () => lives.every((life) => life.pauses),
    status: statusLine(
      () => heads,
      () => lives,
    ),
  };
}

/** Each has a socket of its own: whatever it forks, and however often it connects, it is known by that. */
function start(owner: Owner, client: PlannedClient, folder: string, served: Served): ClientLife {
  const { command, connector } = client;
  const { kiosk, options, backdrop, user } = served;
  const socket = openSocket({ listen: (path) => kiosk.listen(path, connector) }, folder, user);
  const head = kiosk.heads.find((each) => each.connector === connector) ?? kiosk.heads[0];
  const shownOn = {
    shown$: kiosk.shown$.pipe(filter((shown) => shown === head.connector)),
    setBackground: (background: Backdrop | undefined) => kiosk.setBackground(background, head.connector),
  };
  const mode = () => head.head.info.mode;
  const token = () => kiosk.activationToken();
  const place = { kiosk: shownOn, command, folder, socket, user, backdrop, mode, token, say };
  return owner.own(beginLife(owner, place, options));
}

function say(text: string): void {
  process.stderr.write(`kiosk: ${text}\n`);
}
