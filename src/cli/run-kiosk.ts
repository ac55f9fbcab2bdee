/** One life of the kiosk: heads, a compositor on them, clients in that. */
import { filter } from 'rxjs';
import { messageOf } from '../errors.js';
import { parseGivenPlace } from '../input/index.js';
import {
  assertProgram,
  howEnded,
  openKiosk,
  openSocket,
  runtimeFolder,
  type Backdrop,
  type ClientLife,
  type ClientUser,
  type InputChoice,
  type Kiosk,
} from '../kiosk/index.js';
import { Owner } from '../owner.js';
import { backdropOf } from './kiosk-backdrop.js';
import { beginLife, endHung, userOf } from './kiosk-client.js';
import { planClients, type KioskPlan, type PlannedClient } from './kiosk-clients.js';
import type { KioskOptions } from './kiosk-options.js';
import { kioskService, statusLine, type KioskService, type ServedKiosk } from './kiosk-service.js';
import { headResult, resultOf, type ClientResult, type KioskResult } from './kiosk-result.js';
import { rotationOf } from './kiosk-words.js';
import { RunSignals } from './run-signals.js';

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
  const kiosk = await openKiosk(wishesOf(plan, options, checked.backdrop));
  try {
    const clients = await serve({ kiosk, plan, options, ...checked });
    return resultOf(clients, kiosk.heads.map(headResult));
  } finally {
    await kiosk.close();
  }
}

/** Throws ERR_USAGE. */
function wishesOf({ connectors, appIds }: KioskPlan, options: KioskOptions, background: Backdrop | undefined) {
  const { render, display, wait, mode, path, buffers, scale, rotate, input, touch, keymap, cursor, idle } = options;
  return {
    ...{ render, display, wait, mode, path, buffers, scale, keymap, cursor, background, idleScreen: idle },
    ...{ connectors, appIds },
    rotation: rotationOf(rotate),
    input: inputOf(input),
    touch: touch?.map(parseGivenPlace),
  };
}

function inputOf(words: string | undefined): InputChoice | undefined {
  return words === undefined || words === 'all' || words === 'none' ? words : words.split(',');
}

interface Served {
  readonly kiosk: Kiosk;
  readonly plan: KioskPlan;
  readonly options: KioskOptions;
  readonly backdrop: Backdrop | undefined;
  readonly user: ClientUser | undefined;
  readonly service: KioskService | undefined;
}

/** Ends when all clients have. */
async function serve(served: Served): Promise<readonly ClientResult[]> {
  const { kiosk, plan, options, user, service } = served;
  const owner = new Owner();
  try {
    const faults = kiosk.faults$.subscribe(({ error }) => {
      say(messageOf(error));
    });
    owner.defer(() => {
      faults.unsubscribe();
    });
    if (options.hung === 'kill') faults.add(kiosk.hung$.subscribe((client) => endHung(client, say, user)));
    const [folder, signals] = [owner.own(runtimeFolder(user)), owner.own(new RunSignals())];
    const lives = plan.clients.map((client) => start(owner, client, folder.path, served));
    signals.signal$.subscribe((signal) => {
      for (const life of lives) life.end(signal);
    });
    service?.begin(servedBy(kiosk, lives));
    return await Promise.all(lives.map(async (life) => ({ client: await life.ended, starts: life.starts })));
  } finally {
    owner.close();
  }
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
  return beginLife(owner, { kiosk: shownOn, command, folder, socket, user, backdrop, mode, say }, options);
}

function say(text: string): void {
  process.stderr.write(`kiosk: ${text}\n`);
}
