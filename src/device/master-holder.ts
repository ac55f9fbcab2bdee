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
 * The DRM master of a primary node. debugfs knows, but only root may read it;
 * otherwise a process that alone, beside this one, has the node open is the
 * likely holder. Undefined where neither tells: other users' processes are
 * closed to us, or several have the node open. Throws nothing.
 */
export function masterHolder(node: string, roots: HolderRoots = systemHolderRoots): MasterHolder | undefined {
  const path = realPath(node);
  const clients = readText(join(roots.debug, 'dri', minorOf(path), 'clients'));
  return clients === undefined ? loneUser(path, roots) : masterAmong(clients);
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
  const users = entries(roots.proc).filter(
    (name) => /^\d+$/.test(name) && Number(name) !== roots.self && hasOpen(join(roots.proc, name, 'fd'), path),
  );
  const [pid] = users;
  if (pid === undefined || users.length > 1) return undefined;
  const command = readText(join(roots.proc, pid, 'comm'))?.trim();
  return command === undefined ? undefined : { pid: Number(pid), command };
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
