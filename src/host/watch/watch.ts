/** A listener of a head of QEMU's D-Bus display: `-display dbus,p2p=on`. */
import { closeSync } from 'node:fs';
import { GuestheadError, messageOf } from '../../errors.js';
import { loadNative, type Native } from '../../native/index.js';
import { Owner } from '../../owner.js';
import { displayAdvice, openQmp, type Qmp } from '../../qmp/index.js';
import { Answers, type Pace } from './answers.js';
import { Bus, type BusCall } from './bus.js';
import { entriesOf, findConsole, type DisplayConsole } from './consoles.js';
import { listenerOf } from './listener.js';
import { Screen } from './screen.js';
import { Pictures } from './surface.js';

type WatchNative = Pick<
  Native,
  'connectStream' | 'duplicate' | 'sendMessage' | 'socketPair' | 'openBusPeer' | 'mapDmabuf'
>;

export interface WatchOptions {
  /** QEMU's QMP socket, free of other clients. */
  readonly qmp: string;
  /** Of the first device, from 0. */
  readonly head?: number | undefined;
  readonly pace?: Pace;
  /** The screen shows something new. Where it is a dma-buf, the guest's flush waits for the return. */
  readonly onUpdate?: (screen: Screen) => void;
  readonly native?: WatchNative;
}

export interface Watch {
  readonly console: DisplayConsole;
  readonly screen: Screen;
  readonly answers: Answers;
  /** Resolves when QEMU has hung up: with what that can mean. Never after `close`. */
  readonly ended: Promise<string>;
  /** Idempotent. */
  close(): void;
}

/** Throws ERR_QEMU, ERR_LIBRARY_MISSING, ERR_ADDON_MISSING, with what to change. */
export async function openWatch(options: WatchOptions): Promise<Watch> {
  const native = options.native ?? loadNative();
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const screen = owner.own(new Screen());
    let path = ''; // known once QEMU has told of its heads
    const main = owner.own(
      await joinDisplay(options.qmp, native, (call) => {
        followSize(screen, call, path);
      }),
    );
    const console = await findConsole(main, options.head ?? 0);
    path = console.path;
    const answers = owner.own(new Answers(options.pace ?? {}));
    const onUpdate = (answer: (() => void) | undefined) => {
      options.onUpdate?.(screen);
      if (answer !== undefined) answers.settle(answer);
    };
    const { ended } = await register(main, console, { owner, native }, listenerOf({ screen, native, onUpdate }));
    return { console, screen, answers, ended, close: () => owner.close() };
  });
}

/** Gives QEMU one end of a new connection, on which it is the server. QMP is needed no longer than that. */
async function joinDisplay(path: string, native: WatchNative, onCall: (call: BusCall) => void): Promise<Bus> {
  const qmp = await openQmp(path, native);
  const [ours, theirs] = native.socketPair();
  try {
    await addClient(qmp, theirs);
    return new Bus(ours, native, { onCall });
  } finally {
    qmp.close();
    closeSync(ours);
    closeSync(theirs);
  }
}

async function addClient(qmp: Qmp, fd: number): Promise<void> {
  const fdname = 'guesthead-display';
  await qmp.giveFd(fdname, fd);
  try {
    await qmp.execute('add_client', { protocol: '@dbus-display', fdname });
  } catch (cause) {
    throw new GuestheadError('ERR_QEMU', `QEMU takes no listener of its display: ${messageOf(cause)}`, {
      cause,
      advice: displayAdvice,
    });
  }
}

/** `ended` is the promise of its end. */
async function register(
  main: Bus,
  console: DisplayConsole,
  { owner, native }: { readonly owner: Owner; readonly native: WatchNative },
  onCall: (call: BusCall) => void,
): Promise<{ readonly ended: Promise<string> }> {
  const [ours, theirs] = native.socketPair();
  try {
    const ended = new Promise<string>((resolve) => {
      const onEnd = (why: string | undefined) => {
        resolve(why === undefined ? hungUp : `QEMU breaks the protocol of D-Bus (${why})`);
      };
      owner.own(new Bus(ours, native, { onCall, onEnd }));
    });
    await main.call(console.path, ['org.qemu.Display1.Console', 'RegisterListener'], 'h', [theirs]);
    return { ended };
  } finally {
    closeSync(ours);
    closeSync(theirs);
  }
}

const hungUp = 'QEMU hung up: it has ended, or another listener has taken the place of this one';

/** QEMU 7.2 sends no new picture for a new size, but says the size. */
function followSize(screen: Screen, { member, path, values }: BusCall, ours: string): void {
  if (member !== 'PropertiesChanged' || path !== ours || !(screen.surface instanceof Pictures)) return;
  const changed = entriesOf(values[1]);
  const { width, height } = screen.surface.layout;
  const size = (name: string, before: number) => Number(changed.get(name) ?? before);
  try {
    screen.surface.resize(size('Width', width), size('Height', height));
    screen.measure();
  } catch (error) {
    screen.refuse(error);
  }
}
