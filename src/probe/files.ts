/** What the probe reads of sysfs, procfs and other files; the tests bring machines of their own. */
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';

export interface FileAccess {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** This process may read and write it. */
  readonly open: boolean;
}

/** None of these throws: what is missing and what may not be read are both `undefined`. */
export interface Files {
  readonly text: (path: string) => string | undefined;
  /** The names in a folder; empty where there is none. */
  readonly names: (folder: string) => readonly string[];
  /** With all links followed. */
  readonly real: (path: string) => string | undefined;
  readonly access: (path: string) => FileAccess | undefined;
}

export const systemFiles: Files = {
  text: (path) => orUndefined(() => readFileSync(path, 'utf8')),
  names: (folder) => orUndefined(() => readdirSync(folder).sort()) ?? [],
  real: (path) => orUndefined(() => realpathSync(path)),
  access: (path) =>
    orUndefined(() => {
      const { mode, uid, gid } = statSync(path);
      return { mode: mode & 0o7777, uid, gid, open: mayOpen(path) };
    }),
};

function mayOpen(path: string): boolean {
  return orUndefined(() => (accessSync(path, constants.R_OK | constants.W_OK), true)) ?? false;
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
