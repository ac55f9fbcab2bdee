/** Which process holds a display, as far as debugfs or /proc tells: an error that names it can be acted upon. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface MasterHolder {
  readonly pid: number;
  /** As the kernel keeps it: the first 15 bytes of the program's name. */
  readonly command: string;
}

/** Where to look; replaced by the tests. */
export interface HolderRoots {
  readonly proc: string;
  readonly debug: string;
  /** The process that asks: its own open node says nothing of another's. */
  readonly self: number;
}

export const systemHolderRoots: HolderRoots = { proc: '/proc', debug: '/sys/kernel/debug', self: process.pid };

/**
 * Processes that open a display for a session and keep it open, by the first 15 bytes of their names.
 * Once a file was master, the kernel keeps who opened it as its owner (drm_file_update_pid in
 * drm_file.c), and on kernels before 6.7 always: so one of these stands for a session's compositor.
 */
const sessionManagers = ['systemd-logind', 'elogind', 'elogind-daemon', 'seatd'];

function isSessionManager({ command }: MasterHolder): boolean {
  return sessionManagers.includes(command);
}

/** What to do about who holds a display; `holder` as `masterHolder` tells. */
export function holderAdvice(holder: MasterHolder | undefined): string {
  if (holder?.command === 'plymouthd')
    return 'it is the boot splash: `plymouth quit`, or start after it (After=plymouth-quit-wait.service in a unit)';
  if (holder === undefined || !isSessionManager(holder))
    return 'stop the compositor or display manager that holds it, or run from a virtual console of your own';
  const how =
    holder.command === 'seatd'
      ? '`fuser -v` on the node shows which processes have it open'
      : '`loginctl list-sessions` and `loginctl seat-status` show which';
  return `a session holds it, for which ${holder.command} opened it: ${how}; end that session, and leave ${holder.command} alone`;
}

/**
 * The DRM master of a primary node. debugfs knows, but only root may read it;
 * otherwise a process that alone, beside this one, has the node open is the
 * likely holder. A session manager is named only where no other process can be.
 * Undefined where neither tells: other users' processes are closed to us, or several
 * have the node open. Throws nothing.
 */
export function masterHolder(node: string, roots: HolderRoots = systemHolderRoots): MasterHolder | undefined {
  const path = realPath(node);
  const clients = readText(join(roots.debug, 'dri', minorOf(path), 'clients'));
  if (clients === undefined) return loneUser(path, roots);
  const master = masterAmong(clients);
  return master !== undefined && isSessionManager(master) ? (loneUser(path, roots) ?? master) : master;
}

function realPath(node: string): string {
  try {
    return realpathSync(node);
  } catch {
    return node; // unplugged in the meantime
  }
}

/** debugfs names a device's folder by its primary node's number. */
function minorOf(path: string): string {
  return /\d+$/.exec(basename(path))?.[0] ?? '';
}

/**
 * Source: drm_clients_info() in drm_debugfs.c. Columns: command (which may hold
 * spaces), tgid, dev, master (y or n), authenticated, and more in newer kernels.
 */
function masterAmong(clients: string): MasterHolder | undefined {
  const row = /^\s*(\S.*?)\s+(\d+)\s+\d+\s+y\s+[yn]\s/m.exec(clients);
  return row?.[1] === undefined ? undefined : { pid: Number(row[2]), command: row[1] };
}

function loneUser(path: string, roots: HolderRoots): MasterHolder | undefined {
  const users = entries(roots.proc)
    .filter((name) => /^\d+$/.test(name) && Number(name) !== roots.self)
    .filter((name) => hasOpen(join(roots.proc, name, 'fd'), path))
    .map((name) => ({ pid: Number(name), command: readText(join(roots.proc, name, 'comm'))?.trim() ?? '' }));
  const holders = users.filter((user) => !isSessionManager(user));
  const [first, ...others] = holders.length > 0 ? holders : users;
  return others.length > 0 || first?.command === '' ? undefined : first;
}

function hasOpen(folder: string, path: string): boolean {
  return entries(folder).some((name) => {
    try {
      return readlinkSync(join(folder, name)) === path;
    } catch {
      return false; // closed while we looked
    }
  });
}

/** Empty where the folder may not be read: another user's process, or one that has ended. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
