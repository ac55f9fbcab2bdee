/** Where clients find the compositor. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, GuestheadError } from '../errors.js';

export interface RuntimeFolder {
  readonly path: string;
  /** Removes it where it was made here. Idempotent. */
  close(): void;
}

/** XDG_RUNTIME_DIR where there is one, else a private folder of this process. */
export function runtimeFolder(given = process.env['XDG_RUNTIME_DIR']): RuntimeFolder {
  if (given?.startsWith('/') === true && statSync(given, { throwIfNoEntry: false })?.isDirectory() === true)
    return { path: given, close: () => undefined };
  const path = mkdtempSync(join(tmpdir(), 'guesthead-runtime-'));
  return {
    path,
    close: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** More than anybody runs compositors. */
const mostNames = 32;

/** The first name of wayland-0, wayland-1, … that is free. Throws ERR_SYSTEM where none is, or the folder is not to be written. */
export function openSocket(kiosk: { listen(path: string): void }, folder: string): string {
  for (let number = 0; number < mostNames; number++) {
    const name = `wayland-${number}`;
    try {
      kiosk.listen(join(folder, name));
      return name;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new GuestheadError('ERR_SYSTEM', `No Wayland socket is free in ${folder}`, {
    operation: 'flock',
    errno: constants.errno.EADDRINUSE,
    advice: `end the compositors that listen there, or set XDG_RUNTIME_DIR to another folder`,
  });
}

/** Another server's lock is told with EAGAIN, a socket that cannot be replaced with EADDRINUSE. */
function isTaken(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === constants.errno.EADDRINUSE || errno === constants.errno.EAGAIN;
}
