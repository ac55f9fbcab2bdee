/** Which process is the QEMU that answers at a QMP socket, and the files that it has open. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, resolve } from 'node:path';
import { errnoOf, GuestheadError, messageOf } from '../../../errors.js';
import type { Qmp } from '../../../qmp/index.js';
import { areasIn, type Area } from './process-areas.js';

/** What finding it needs: the connection, and the socket's path. */
export interface QemuPeer {
  readonly qmp: Pick<Qmp, 'peerPid'>;
  readonly path: string;
}

/** A process that may be it. */
export interface Candidate {
  readonly pid: number;
  readonly areas: readonly Area[];
}

/**
 * Those whose memory this process may look at, the likeliest first. Who made the socket need not be QEMU: libvirt makes it
 * and hands it on, so that whoever has a socket of that path open may be it, too.
 */
export function candidates(peer: QemuPeer): Candidate[] {
  const pids = new Set([peer.qmp.peerPid(), ...holdersOf(peer.path)]);
  const refusals: unknown[] = [];
  const found = [...pids].flatMap((pid) => {
    try {
      return pid === 0 ? [] : [{ pid, areas: areasIn(readFileSync(`/proc/${pid}/maps`, 'utf8')) }];
    } catch (error) {
      refusals.push(error);
      return [];
    }
  });
  if (found.length === 0) throw unseen(peer, refusals[0]);
  return found;
}

function unseen({ path }: QemuPeer, cause: unknown): GuestheadError {
  const why = cause === undefined ? 'no process here has that socket open' : messageOf(cause);
  return new GuestheadError('ERR_PERMISSION', `The memory of the QEMU at ${path} cannot be looked at: ${why}`, {
    errno: errnoOf(cause),
    advice:
      'run the broker as the user that QEMU runs as, in the same PID namespace, or with CAP_SYS_PTRACE (libvirt: as libvirt-qemu, or as root)',
    cause,
  });
}

/** Processes that have a Unix socket of this path open, as the kernel lists them; none where it cannot be told. */
function holdersOf(path: string): number[] {
  const sockets = new Map<string, string>();
  for (const row of readFileSync('/proc/net/unix', 'utf8').split('\n')) {
    const [, inode, bound] = /^\S+: \S+ \S+ \S+ \S+ \S+ +(\d+) (.+)$/.exec(row) ?? [];
    if (inode !== undefined && bound !== undefined && basename(bound) === basename(path))
      sockets.set(`socket:[${inode}]`, bound);
  }
  if (sockets.size === 0) return [];
  return processes().filter((pid) =>
    descriptorsOf(pid).some((fd) => {
      const bound = sockets.get(linkAt(`/proc/${pid}/fd/${fd}`));
      // a path that is not absolute begins where that process stands
      return bound !== undefined && resolve(linkAt(`/proc/${pid}/cwd`), bound) === resolve(path);
    }),
  );
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return []; // gone, or another user's
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/**
 * Opens a file that the process has mapped, by device and inode as /proc/PID/maps names it, to read; the caller closes it.
 * Throws ERR_PERMISSION, ERR_SYSTEM.
 */
export function openMapped(pid: number, file: string, area: Area): number {
  const ways = [
    ...descriptorsOf(pid).map((fd) => `/proc/${pid}/fd/${fd}`),
    // where QEMU keeps no descriptor; CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN
    `/proc/${pid}/map_files/${area.start.toString(16)}-${area.end.toString(16)}`,
  ];
  const way = ways.find((path) => isSame(statAt(path), path, { file, area }));
  if (way === undefined)
    throw new GuestheadError('ERR_PERMISSION', `The file of the guest’s memory is not to be found in process ${pid}`, {
      operation: `/proc/${pid}/fd`,
      advice: 'run the broker as the user that QEMU runs as, or with CAP_SYS_PTRACE',
    });
  const fd = openSync(way, constants.O_RDONLY);
  if (isSame(fstatSync(fd), `/proc/self/fd/${fd}`, { file, area })) return fd;
  closeSync(fd);
  throw new GuestheadError('ERR_SYSTEM', `Process ${pid} has put another file in the place of the guest’s memory`);
}

type FileId = Pick<Stats, 'dev' | 'ino'>;

/**
 * By device and inode; a file system with subvolumes (btrfs) tells another device in `stat` than in the maps, and its inode counts
 * where the path, which a descriptor links to, is the same.
 */
function isSame(id: FileId | undefined, link: string, { file, area }: { file: string; area: Area }): boolean {
  if (id === undefined) return false;
  if (nameOf(id) === file) return true;
  return file.endsWith(` ${id.ino}`) && area.path !== '' && linkAt(link) === area.path;
}

function statAt(path: string): FileId | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** As /proc/PID/maps prints it: major and minor in hexadecimal, the inode in decimal. */
function nameOf({ dev, ino }: FileId): string {
  const number = BigInt(dev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  const hex = (value: bigint) => value.toString(16).padStart(2, '0');
  return `${hex(major)}:${hex(minor)} ${ino}`;
}
