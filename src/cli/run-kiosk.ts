/** One life of the kiosk: a head, a compositor on it, a client in that. */
import { constants } from 'node:os';
import { merge } from 'rxjs';
import { messageOf } from '../errors.js';
import { openGpus, type Gpus, type Head } from '../head/index.js';
import {
  assertProgram,
  howEnded,
  IdleScreen,
  Kiosk,
  openSocket,
  runtimeFolder,
  type Backdrop,
  type ClientUser,
  type Ended,
} from '../kiosk/index.js';
import { loadNative } from '../native.js';
import { Owner } from '../owner.js';
import { backdropOf } from './kiosk-background.js';
import { beginLife, endHung, userOf } from './kiosk-client.js';
import { openKioskInput } from './kiosk-input.js';
import type { KioskOptions } from './kiosk-options.js';
import { kioskService, statusLine, type KioskService } from './kiosk-service.js';
import { rotations } from './kiosk-words.js';
import { RunSignals } from './run-signals.js';

export interface KioskResult {
  /** What the command ends with: the client's own status. */
  readonly status: number;
  readonly client: Ended;
  /** How often a client was started. */
  readonly starts: number;
  readonly head: { readonly connector: string; readonly mode: string; readonly path: string };
  readonly frames: {
    readonly shown: number;
    /** Of those, a client's own buffer. */
    readonly direct: number;
    /** Drawn in place of that, by reason. */
    readonly drawn: Readonly<Record<string, number>>;
    /** Of those, the GPU's. */
    readonly byGpu: number;
    readonly discarded: number;
  };
  /** Out of clients' buffers into backbuffers, and on the path `copy` to the display. */
  readonly bytesCopied: number;
}

/** A service manager that listens is told how it goes, and how it ended. */
export async function runKiosk(command: readonly string[], options: KioskOptions): Promise<KioskResult> {
  const service = kioskService();
  try {
    const result = await run(command, options, service);
    service?.end(`the client ended with ${howEnded(result.client)}`);
    return result;
  } catch (error) {
    service?.fail(error);
    throw error;
  }
}

async function run(
  command: readonly string[],
  options: KioskOptions,
  service: KioskService | undefined,
): Promise<KioskResult> {
  assertProgram(command[0] ?? '');
  // What was asked for is looked at before the screen changes.
  const checked = { backdrop: backdropOf(options.background), user: userOf(options), service };
  const { render, display, connector, mode, path, buffers, wait } = options;
  const gpus = await openGpus({ render, display, wait });
  try {
    const head = await gpus.openHead({ connector, mode, path, buffers });
    return await serve({ gpus, head, command, options, ...checked });
  } finally {
    gpus.close();
  }
}

interface Served {
  readonly gpus: Gpus;
  readonly head: Head;
  readonly command: readonly string[];
  readonly options: KioskOptions;
  readonly backdrop: Backdrop | undefined;
  readonly user: ClientUser | undefined;
  readonly service: KioskService | undefined;
}

async function serve(served: Served): Promise<KioskResult> {
  const { head, command, options, backdrop, user, service } = served;
  const owner = new Owner();
  try {
    const kiosk = openKiosk(owner, served);
    const [folder, signals] = [owner.own(runtimeFolder(user)), owner.own(new RunSignals())];
    const socket = openSocket(kiosk, folder.path, user);
    const mode = () => head.info.mode;
    const place = { kiosk, command, folder: folder.path, socket, user, backdrop, mode, say };
    const life = beginLife(owner, place, options);
    signals.signal$.subscribe((signal) => life.end(signal));
    const heads = () =>
      kiosk.heads.map(({ head: { info }, counts }) => ({ connector: info.display.connector, counts }));
    const { shown$, answered$ } = kiosk;
    const status = statusLine(heads, () => [life]);
    service?.begin({ shown$, answered$, pauses: () => life.pauses, status });
    return resultOf(await life.ended, head, kiosk, life.starts);
  } finally {
    owner.close();
    await head.close();
  }
}

function openKiosk(owner: Owner, { gpus, head, options, backdrop, user }: Served): Kiosk {
  const addon = loadNative();
  const input = owner.own(openKioskInput(addon, head, options, say));
  const { keyboard } = input;
  const { scale, rotate = '0', cursor } = options;
  const look = { gpus, scale, background: backdrop, transform: rotations.indexOf(rotate) };
  const kiosk = owner.own(new Kiosk(head, addon, { ...look, keyboard, cursor: { mode: cursor } }));
  const faults = merge(kiosk.faults$, head.faults$).subscribe((fault) => {
    say(messageOf('client' in fault ? fault.error : fault));
  });
  if (options.hung === 'kill') faults.add(kiosk.hung$.subscribe((client) => endHung(client, say, user)));
  owner.defer(() => {
    faults.unsubscribe();
  });
  const { idle, mode } = options;
  const onFault = (error: unknown) => say(messageOf(error));
  const idleScreen = idle === undefined ? undefined : owner.own(new IdleScreen({ kiosk, ...idle, mode, onFault }));
  input.begin((event) => {
    if (idleScreen?.takes(event) !== true) kiosk.input(event);
  });
  return kiosk;
}

function say(text: string): void {
  process.stderr.write(`kiosk: ${text}\n`);
}

function resultOf(client: Ended, head: Head, kiosk: Kiosk, starts: number): KioskResult {
  const { display, mode, path } = head.info;
  const { shown, direct, drawn, byGpu, discarded, bytesCopied } = kiosk.counts;
  return {
    status: statusOf(client),
    client,
    starts,
    head: { connector: display.connector, mode: `${mode.width}x${mode.height}`, path },
    frames: { shown, direct, drawn, byGpu, discarded },
    bytesCopied: bytesCopied + head.bytesCopied(),
  };
}

/** As a shell has it. */
function statusOf({ code, signal }: Ended): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
