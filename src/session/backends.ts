/** Who could give this process a seat, as far as can be told without asking. */
import { existsSync, readFileSync } from 'node:fs';

/** What libseat has for it: a daemon, or what LIBSEAT_BACKEND names. */
export interface Backend {
  /** As libseat calls it; empty: it reads LIBSEAT_BACKEND itself. */
  readonly name: string;
  /** For people. */
  readonly what: string;
  /** Whether one that refuses is news: it is there for whoever comes. */
  readonly expected: boolean;
  /** Where it listens. */
  readonly socket?: string;
}

/** Where to look; replaced by the tests. */
export interface SeatRoots {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Of this process. */
  readonly cgroup: () => string;
}

export const systemSeatRoots: SeatRoots = { environment: process.env, exists: existsSync, cgroup: readCgroup };

/** Where seatd listens, unless SEATD_SOCK says another place. */
const seatdSocket = '/run/seatd.sock';
/** Made by logind, and by elogind, when it starts. Source: sd_booted's like for logind, systemd's login-util.c. */
const logindFolder = '/run/systemd/seats';

/** In the order in which they are asked: seatd's socket, which is there for this; then a session of logind's that this process is in. */
export function backendsHere({ environment, exists, cgroup }: SeatRoots = systemSeatRoots): readonly Backend[] {
  const { LIBSEAT_BACKEND: chosen, SEATD_SOCK: socket = seatdSocket, XDG_SESSION_ID: session } = environment;
  if (chosen !== undefined) return [{ name: '', what: `${chosen} (LIBSEAT_BACKEND)`, expected: true }];
  const backends: Backend[] = [];
  if (exists(socket)) backends.push({ name: 'seatd', what: `seatd at ${socket}`, expected: true, socket });
  const isInSession = session !== undefined || /\/session-[^/]+\.scope/.test(cgroup());
  if (exists(logindFolder) && isInSession) backends.push({ name: 'logind', what: 'logind', expected: false });
  return backends;
}

function readCgroup(): string {
  try {
    return readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return '';
  }
}
