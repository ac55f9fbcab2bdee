/** Opens all that a kiosk needs: GPUs, heads, input devices, and the compositor on them. */
import { openGpus, type Gpus, type Head } from '../head/index.js';
import type { InputAddon } from '../native/input.js';
import type { SessionAddon } from '../native/session.js';
import type { SeatChoice } from '../session/choices.js';
import { loadNative } from '../native/index.js';
import { closeQuietly, Owner } from '../owner.js';
import { systemKernel, type UeventSource } from '../device/index.js';
import type { KioskAddon } from './composition.js';
import { Kiosk } from './kiosk.js';
import { IdleScreen } from './idle-screen.js';
import { openKioskInput, type KioskInput, type UsedByInput } from './kiosk-input.js';
import { KioskSeat } from './kiosk-seat.js';
import { parseKioskOptions, type CheckedKioskOptions, type OpenKioskOptions } from './open-options.js';

/** What the kiosk asks of the addon. */
export type WholeAddon = KioskAddon & InputAddon & UeventSource & SessionAddon;

/**
 * A Wayland compositor on heads of its own, or on those that it is given: clients find it by `openSocket`. The screen changes with the first
 * frame. Throws ERR_USAGE, ERR_KEYMAP, ERR_LIBRARY_MISSING, ERR_SEAT, and what `openGpus` and `openHead` throw; nothing stays open then. Input
 * devices that cannot be used are faults: a sign that nobody touches needs none.
 */
export function openKiosk(options: OpenKioskOptions = {}): Promise<Kiosk> {
  return openKioskOn(options, loadNative());
}

/** `addon`: in place of the one that is loaded. */
export async function openKioskOn(options: OpenKioskOptions, addon: WholeAddon): Promise<Kiosk> {
  const checked = parseKioskOptions(options);
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const early: unknown[] = [];
    let tell = (error: unknown): void => {
      early.push(error);
    };
    const onFault = (error: unknown) => tell(error);
    const seat = owner.own(KioskSeat.open(addon, seatOf(checked), onFault));
    const openInput = () => owner.own(openKioskInput(addon, checked, onFault, seat.open));
    const [input, gpus] = await openBeside(openInput, seat, checked, owner);
    const opened = gpus === undefined ? [] : await openHeads(gpus, checked);
    const closeOwned = async () => {
      await Promise.all(opened.map((head) => head.close()));
      owner.close();
    };
    const parts = { ...compositorOptions(checked), keyboard: input.keyboard, seat: seat.info, gpus, closeOwned };
    const kiosk = new Kiosk(checked.heads ?? opened, addon, parts);
    tell = (error) => kiosk.fault(error);
    for (const error of early) tell(error);
    const used = usedBy(kiosk, checked, owner);
    // Opening devices takes a while, in which a client that the caller starts at once can start.
    const beginning = setImmediate(() => input.begin(used));
    owner.defer(() => clearImmediate(beginning));
    if (gpus !== undefined) seat.begin({ gpus, input });
    return kiosk;
  });
}

/** The GPU's driver is loaded on a thread: what is compiled for the keyboard meanwhile takes no time of its own. */
async function openBeside(
  openInput: () => KioskInput,
  seat: KioskSeat,
  { heads, gpus }: CheckedKioskOptions,
  owner: Owner,
) {
  if (heads !== undefined) return [openInput(), undefined] as const;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(gpus.signal === undefined ? [] : [gpus.signal])]);
  const opening = openGpus({ ...gpus, kernel: seat.kernel(gpus.kernel ?? systemKernel), signal });
  try {
    const input = openInput();
    return [input, owner.own(await opening)] as const;
  } catch (error) {
    stop.abort(); // it may wait for DRM master
    await opening.then(closeQuietly, () => undefined);
    throw error;
  }
}

/** Where it is to be dark while nobody uses it, what wakes it is not the kiosk's. */
function usedBy(kiosk: Kiosk, { idleScreen, head: { mode } }: CheckedKioskOptions, owner: Owner): UsedByInput {
  if (idleScreen === undefined) return kiosk;
  const onFault = (error: unknown) => kiosk.fault(error);
  return owner.own(new IdleScreen({ ...idleScreen, kiosk, mode, onFault })).before(kiosk);
}

/** A program that brings its heads, its descriptors or its kernel has a session of its own, or none, unless it asks for one. */
function seatOf({ seat, heads, gpus: { displayFd, kernel } }: CheckedKioskOptions): SeatChoice {
  const brings = heads !== undefined || displayFd !== undefined || kernel !== undefined;
  return brings && seat === 'auto' ? 'direct' : seat;
}

/** Each is closed with the pair. */
async function openHeads(gpus: Gpus, { connectors = ['auto'], head }: CheckedKioskOptions): Promise<readonly Head[]> {
  const heads = new Map<string, Head>();
  // Those that are named first, lest another takes one of them.
  for (const connector of [...connectors].sort((one, other) => Number(one === 'auto') - Number(other === 'auto')))
    heads.set(connector, await gpus.openHead({ ...head, connector: connector === 'auto' ? undefined : connector }));
  return connectors.flatMap((connector) => heads.get(connector) ?? []);
}

function compositorOptions({ scale, rotation, cursor, draw, background, ...placing }: CheckedKioskOptions) {
  const { layout, arrangement, appIds } = placing;
  return { scale, transform: rotation / 90, cursor: { mode: cursor }, draw, background, layout, arrangement, appIds };
}
