/** The user that a kiosk's client runs as, where that is another than the kiosk's. */
import { addonMissing } from '../addon-missing.js';
import { GuestheadError } from '../errors.js';
import { addonFile } from '../native/index.js';
import type { ProcessAddon } from '../native/process.js';

export interface ClientUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** All of them, its own among them. */
  readonly groups: Uint32Array;
}

/**
 * By name or number; undefined where that is this process's own user already. Throws ERR_USAGE where there is no such user,
 * ERR_PERMISSION where this process is not root.
 */
export function clientUser(
  addon: Pick<ProcessAddon, 'userOf'>,
  word: string,
  own: number = process.geteuid?.() ?? 0,
): ClientUser | undefined {
  const found = addon.userOf(word);
  if (found === undefined)
    throw new GuestheadError('ERR_USAGE', `There is no user ${word}`, {
      advice: '`getent passwd` lists those that there are; adduser(8) makes one',
    });
  const [name, uid, gid, home, shell, groups] = found;
  if (uid === own) return undefined;
  if (own === 0) return { name, uid, gid, home, shell, groups };
  throw new GuestheadError('ERR_PERMISSION', `Only root may run a client as ${name}`, {
    advice: `start the kiosk as root, or as ${name} without --user`,
  });
}

/** Where its things lie, and none of those that the kiosk's own user was told of. */
export function environmentOf({ name, home, shell }: ClientUser): NodeJS.ProcessEnv {
  const others = [
    ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_SESSION_ID', 'XAUTHORITY', 'MAIL'],
    ...['DBUS_SESSION_BUS_ADDRESS', 'SUDO_COMMAND', 'SUDO_USER', 'SUDO_UID', 'SUDO_GID'],
  ];
  return {
    ...Object.fromEntries(others.map((variable) => [variable, undefined])),
    HOME: home,
    USER: name,
    LOGNAME: name,
    SHELL: shell === '' ? '/bin/sh' : shell,
  };
}

/**
 * Calls `act`, in which files are made as that user's and where it may: a folder of its own may hold links that root
 * must not follow.
 */
export function asUser<T>(user: Pick<ClientUser, 'uid' | 'gid'> | undefined, act: () => T): T {
  if (user === undefined) return act();
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  process.setegid?.(user.gid);
  try {
    process.seteuid?.(user.uid);
    return act();
  } finally {
    process.seteuid?.(uid);
    process.setegid?.(gid);
  }
}

/** What a Node of its own runs for a moment: it becomes the program, as that user. */
const become = `
const [addon, uid, gid, groups, ...command] = process.argv.slice(1);
try {
  require(addon).execAs(Number(uid), Number(gid), Uint32Array.from(JSON.parse(groups)), command);
} catch (error) {
  process.stderr.write('kiosk: ' + command[0] + ' cannot be run as user ' + uid + ': ' + error.message + '\\n');
  process.exitCode = error.code === 'ENOENT' ? 127 : 126;
}`;

/** The same command, run by root, as that user. */
export function commandAs({ uid, gid, groups }: ClientUser, command: readonly string[]): string[] {
  const addon = addonFile();
  if (addon === undefined) throw addonMissing('guesthead’s native addon', undefined);
  const who = [uid, gid, JSON.stringify([...groups])].map(String);
  return [process.execPath, '-e', become, '--', addon, ...who, ...command];
}
