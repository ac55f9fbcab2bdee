/** `guesthead kiosk --check`: whether a kiosk would do here, by what can be read and by a real frame of a client; for an update's gate. */
import { GuestheadError, messageOf } from '../errors.js';
import { openGpus, type Gpus, type Head } from '../head/index.js';
import { systemKernel } from '../device/index.js';
import { Kiosk, KioskSeat, tryClient, type OfferedGlobal, type SeatInfo, type Trial } from '../kiosk/index.js';
import { loadNative } from '../native/index.js';
import { probe, type Check, type ProbeReport, type Verdict } from '../probe/index.js';
import type { KioskOptions } from './kiosk-options.js';

export interface KioskCheck extends Omit<ProbeReport, 'groups' | 'gl' | 'redacted'> {
  readonly groups: readonly { readonly id: string; readonly checks: readonly Check[] }[];
  /** What clients are offered, in alphabetical order; empty where no kiosk could be opened. */
  readonly globals: readonly OfferedGlobal[];
}

/** What a client's frames came to on a real head. */
export interface FrameTrial {
  readonly trial: Trial;
  readonly connector: string;
  readonly path: string;
  /** Frames that were shown, and those of them that were shown as they are. */
  readonly shown: number;
  readonly direct: number;
  readonly seat: SeatInfo;
  /** Why no seat daemon has opened the devices though one was there. */
  readonly seatFault: unknown;
}

/** The parts that are looked at; replaced by the tests. */
export interface CheckSources {
  readonly probe: (options: Pick<KioskOptions, 'render' | 'display'>) => Promise<ProbeReport>;
  readonly frame: (options: KioskOptions) => Promise<FrameTrial>;
}

const system: CheckSources = {
  probe: ({ render, display }) => probe({ render, display, gl: 'skip' }),
  frame: tryFrame,
};

/** A real frame knows better than what was read: it alone decides. */
export async function checkKiosk(options: KioskOptions, sources: CheckSources = system): Promise<KioskCheck> {
  const { guesthead, machine, devices, groups, verdict } = await sources.probe(options);
  const tried = await sources.frame(options).catch((error: unknown) => error);
  const frame = isTrial(tried) ? tried : undefined;
  const globals = [...(frame?.trial.globals ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1));
  const kiosk = { id: 'kiosk', checks: [...seatCheck(frame), ...globalsCheck(globals), frameCheck(tried)] };
  const shown = groups.filter(({ id }) => id !== 'gl' && id !== 'transfer');
  return { guesthead, machine, devices, groups: [...shown, kiosk], globals, verdict: verdictOf(verdict, tried) };
}

function isTrial(tried: unknown): tried is FrameTrial {
  return typeof tried === 'object' && tried !== null && 'trial' in tried;
}

function globalsCheck(globals: readonly OfferedGlobal[]): Check[] {
  if (globals.length === 0) return [];
  const found = globals.map(({ name, version }) => `${name} ${version}`).join(', ');
  return [{ id: 'kiosk.globals', status: 'ok', found, why: 'what clients can ask of the kiosk', advice: null }];
}

/** It is well either way, but for a daemon that is there and was of no use. */
function seatCheck(frame: FrameTrial | undefined): Check[] {
  if (frame === undefined) return [];
  const why = 'who opens the display and the input devices says when another session has them';
  const known = frame.seatFault instanceof GuestheadError ? frame.seatFault : undefined;
  const check = { id: 'kiosk.seat', found: frame.seat.why, why, advice: known?.advice ?? null };
  return [known === undefined ? { ...check, status: 'ok' } : { ...check, status: 'no', code: known.code }];
}

function frameCheck(tried: unknown): Check {
  const question = {
    id: 'kiosk.frame',
    why: 'only a real frame shows whether a client is seen, and has its buffers back',
  };
  if (!isTrial(tried)) {
    const known = tried instanceof GuestheadError ? tried : undefined;
    const found = known === undefined ? messageOf(tried) : `${known.code}: ${known.message}`;
    const coded = known === undefined ? {} : { code: known.code };
    return { ...question, status: 'no', found, advice: known?.advice ?? null, ...coded };
  }
  return { ...question, status: 'ok', found: sentence(tried), advice: null };
}

function sentence({ trial, connector, path, shown, direct }: FrameTrial): string {
  const { frameMs, released } = trial;
  const [quickest, slowest] = [Math.min(...frameMs), Math.max(...frameMs)].map((ms) => ms.toFixed(1));
  const times = `${frameMs.length} frames of a client on ${connector} by ${path}, ${quickest} to ${slowest} ms each`;
  return `${times}; ${direct} of ${shown} without a copy; ${released} buffers given back`;
}

function verdictOf(verdict: Verdict, tried: unknown): Verdict {
  if (!isTrial(tried)) return { ...verdict, status: 'no', path: null, text: `no client is seen: ${messageOf(tried)}` };
  const path = tried.path as Verdict['path'];
  return { ...verdict, status: 'ok', path, text: `a client is seen on ${tried.connector} by ${tried.path}` };
}

/** The screen shows the client's colours for a moment, and then what it showed before. */
async function tryFrame(options: KioskOptions): Promise<FrameTrial> {
  let seatFault: unknown;
  const seat = KioskSeat.open(loadNative(), options.seat ?? 'auto', (error) => (seatFault = error));
  try {
    return { ...(await tryFrameAt(seat, options)), seat: seat.info, seatFault };
  } finally {
    seat.close();
  }
}

type FrameOnHead = Omit<FrameTrial, 'seat' | 'seatFault'>;

async function tryFrameAt(
  seat: KioskSeat,
  { render, display, connector, mode, path, buffers, wait }: KioskOptions,
): Promise<FrameOnHead> {
  const gpus = await openGpus({ render, display, wait, kernel: seat.kernel(systemKernel) });
  try {
    const head = await gpus.openHead({ connector, mode, path, buffers });
    try {
      return await tryFrameOn(head, gpus);
    } finally {
      await head.close();
    }
  } finally {
    gpus.close();
  }
}

async function tryFrameOn(head: Head, gpus: Gpus): Promise<FrameOnHead> {
  const addon = loadNative();
  const kiosk = new Kiosk(head, addon, { background: 0, gpus });
  try {
    const trial = await tryClient(kiosk, addon);
    const { shown, direct } = kiosk.counts;
    return { trial, connector: head.info.display.connector, path: head.info.path, shown, direct };
  } finally {
    await kiosk.close();
  }
}
