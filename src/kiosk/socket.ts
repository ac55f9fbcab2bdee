/** Where clients find the compositor. */
import { rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { errnoOf, GuestheadError } from '../errors.js';
import { temporaryFolder } from '../temporary-folder.js';
import { asUser, type ClientUser } from './client-user.js';

export interface RuntimeFolder {
  readonly path: string;
  /** Removes it where it was made here. Idempotent. */
  close(): void;
}

/** XDG_RUNTIME_DIR where there is one, else a private folder of this process; of another user where that is given. Throws ERR_SYSTEM. */
export function runtimeFolder(user?: ClientUser, given = givenFolder(user)): RuntimeFolder {
  if (given?.startsWith('/') === true && isFolderOf(user, given)) return { path: given, close: () => undefined };
  const path = asUser(user, () => temporaryFolder('guesthead-runtime-'));
  return {
    path,
    close: () => {
      // Its user may put a link in place of a folder at any moment: root must not follow it.
      asUser(user, () => rmSync(path, { recursive: true, force: true }));
    },
  };
}

/** Of another user, the one that its login made. */
function givenFolder(user: ClientUser | undefined): string | undefined {
  return user === undefined ? process.env['XDG_RUNTIME_DIR'] : `/run/user/${user.uid}`;
}

function isFolderOf(user: ClientUser | undefined, path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (user === undefined || found.uid === user.uid);
}

/** More than anybody runs compositors. */
const mostNames = 32;

/** The first name of wayland-0, wayland-1, … that is free, made as that user. Throws ERR_SYSTEM where none is, or the folder is not to be written. */
export function openSocket(kiosk: { listen(path: string): void }, folder: string, user?: ClientUser): string {
  for (let number = 0; number < mostNames; number++) {
    const name = `wayland-${number}`;
    try {
      asUser(user, () => kiosk.listen(join(folder, name)));
      return name;
    } catch (error) {
      if (!isTaken(error)) throw refusal(folder, error);
    }
  }
  throw new GuestheadError('ERR_SYSTEM', `No Wayland socket is free in ${folder}`, {
    operation: 'flock',
    errno: constants.errno.EADDRINUSE,
    advice: `end the compositors that listen there, or set XDG_RUNTIME_DIR to another folder`,
  });
}

function refusal(folder: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (error instanceof GuestheadError || errno === undefined) return error;
  return new GuestheadError('ERR_SYSTEM', `No Wayland socket can be made in ${folder}`, {
    operation: (error as NodeJS.ErrnoException).syscall,
    errno,
    advice: 'set XDG_RUNTIME_DIR to a folder that can be written, with a path of at most 90 bytes',
    cause: error,
  });
}

/** Another server's lock is told with EAGAIN, a socket that cannot be replaced with EADDRINUSE. */
function isTaken(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === constants.errno.EADDRINUSE || errno === constants.errno.EAGAIN;
}
