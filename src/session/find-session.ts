/** Whether devices are opened by a session, and whose, or directly, and why. */
import { constants } from 'node:os';
import { errnoOf, GuestheadError } from '../errors.js';
import { addonLibraries, explainMissing } from '../ffi/index.js';
import type { SessionAddon } from '../native/session.js';
import { backendsHere, systemSeatRoots, type SeatRoots } from './backends.js';
import type { SeatChoice } from './choices.js';
import { noDaemon } from './failures.js';
import { Session } from './session.js';

export interface FoundSession {
  /** The caller's to close; undefined: devices are opened directly. */
  readonly session: Session | undefined;
  /** For people: which seat of whom, or why none. */
  readonly why: string;
  /** Somebody who is there for it has refused, or libseat is missing for him. */
  readonly fault: Error | undefined;
}

/** A session of logind's that is at no seat, as by ssh: sd_session_get_seat. */
const noSeat = [constants.errno.ENODATA, constants.errno.ENXIO];

/** Throws ERR_SEAT and ERR_LIBRARY_MISSING where `libseat` was asked for, and nothing for the other choices. */
export function findSession(addon: SessionAddon, choice: SeatChoice, roots: SeatRoots = systemSeatRoots): FoundSession {
  if (choice === 'direct') return direct('that was asked for');
  const backends = backendsHere(roots);
  const refusals: { readonly error: Error; readonly expected: boolean }[] = [];
  for (const backend of backends) {
    try {
      const session = new Session(addon, backend);
      return { session, why: `${session.seat} by ${backend.what}`, fault: undefined };
    } catch (cause) {
      const error = explainMissing(cause, addonLibraries.libseat);
      refusals.push({ error, expected: backend.expected || isRefusal(error) });
    }
  }
  if (choice === 'libseat') throw refusals[0]?.error ?? noDaemon();
  const [first] = refusals;
  if (first === undefined) return direct('there is no seat daemon, and no session of logind’s that this process is in');
  return { ...direct(first.error.message), fault: refusals.find(({ expected }) => expected)?.error };
}

function direct(why: string): FoundSession {
  return { session: undefined, why: `directly: ${why}`, fault: undefined };
}

function isRefusal(error: Error): boolean {
  const errno = errnoOf(error);
  return (
    error instanceof GuestheadError && error.code === 'ERR_SEAT' && (errno === undefined || !noSeat.includes(errno))
  );
}
