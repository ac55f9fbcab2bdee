/** The client of a kiosk, as the command's options have it: who it runs as, when it is started again, and what the screen says where it does not come up. */
import { ClientLife, clientUser, launch, type Backdrop, type Client, type ClientUser } from '../kiosk/index.js';
import { loadNative } from '../native/index.js';
import type { Owner } from '../owner.js';
import type { KioskOptions } from './kiosk-options.js';
import { rotations } from './kiosk-words.js';
import { TroubleScreen, type TroubleOptions } from './kiosk-trouble.js';

/** Undefined: the kiosk's own. Throws ERR_USAGE, ERR_PERMISSION. */
export function userOf({ user }: KioskOptions): ClientUser | undefined {
  return user === undefined ? undefined : clientUser(loadNative(), user);
}

export interface ClientPlace {
  /** As far as it is this client's. */
  readonly kiosk: TroubleOptions['kiosk'];
  readonly command: readonly string[];
  /** Where its socket is. */
  readonly folder: string;
  readonly socket: string;
  readonly user: ClientUser | undefined;
  readonly backdrop: Backdrop | undefined;
  /** By which its window may come to the front; a new one for each start. */
  readonly token: () => string;
  /** Pixels of the head's mode. */
  readonly mode: () => { readonly width: number; readonly height: number };
  readonly say: (text: string) => void;
}

/** Starts it. */
export function beginLife(owner: Owner, place: ClientPlace, { restart = 'never', rotate }: KioskOptions): ClientLife {
  const { kiosk, command, folder, socket, user, backdrop, mode, token, say } = place;
  const begin = (onError?: (text: string) => void) =>
    launch(command, folder, socket, { user, token: token(), onError });
  if (restart === 'never') return new ClientLife({ start: () => begin(), restart, say });
  const size = () => (rotations.indexOf(rotate ?? '0') % 2 === 0 ? mode() : turned(mode()));
  const trouble = owner.own(new TroubleScreen({ kiosk, command, backdrop, size }));
  const onError = (text: string) => trouble.tail.add(text);
  const start = () => {
    trouble.tail.clear();
    return begin(onError);
  };
  return new ClientLife({ start, restart, say, onTrouble: (what) => trouble.show(what) });
}

function turned({ width, height }: { readonly width: number; readonly height: number }) {
  return { width: height, height: width };
}

/** Its connection ends, and where it is a process of its user's, that too: one that is stopped does not hear of the former. */
export function endHung(
  client: Pick<Client, 'credentials' | 'destroy'>,
  say: (text: string) => void,
  user: Pick<ClientUser, 'uid'> | undefined,
): void {
  const { pid, uid } = client.credentials ?? {};
  client.destroy();
  if (pid === undefined || uid !== (user?.uid ?? process.getuid?.())) return;
  say(`process ${pid} does not answer, and is killed`);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
