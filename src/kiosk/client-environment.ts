/** What a program finds its compositor by. */
import { environmentOf, type ClientUser } from './client-user.js';

/** To be laid over this process's own environment; undefined: not to be handed on. */
export type ClientEnvironment = Readonly<Record<string, string | undefined>>;

export interface ClientKnows {
  /** Who it runs as. Undefined: who this process does. */
  readonly user?: ClientUser | undefined;
  /** Of xdg_activation_v1: with it a window of the program may come to the front. */
  readonly token?: string | undefined;
}

export function clientEnvironment(
  folder: string,
  socket: string,
  { user, token }: ClientKnows = {},
): ClientEnvironment {
  return {
    ...(user === undefined ? {} : environmentOf(user)),
    XDG_RUNTIME_DIR: folder,
    WAYLAND_DISPLAY: socket,
    XDG_SESSION_TYPE: 'wayland',
    XDG_ACTIVATION_TOKEN: token,
    // Its older name: some toolkits read no other.
    DESKTOP_STARTUP_ID: token,
    ...notHandedOn,
  };
}

/** Other displays, which a client would rather take, and what a service manager has told this process. */
const notHandedOn = {
  WAYLAND_SOCKET: undefined,
  DISPLAY: undefined,
  NOTIFY_SOCKET: undefined,
  WATCHDOG_USEC: undefined,
  WATCHDOG_PID: undefined,
};
