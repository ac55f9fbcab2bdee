/**
 * What the guest sees of the host's files: all that the user can read, and nothing that it could change but the folders
 * named. Refused here, at the host's end, because a kernel that misbehaves is what the lab is for: virtiofsd runs in a mount
 * namespace of its own, in which the tree that it shares is read-only.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { GuestheadError, messageOf } from '../errors.js';
import type { RunFiles } from './machine.js';
import { findProgram } from './paths.js';

/** The guest mounts its own there. The host's are hidden: what they show is not files, and some of it is secret. */
const notFiles = ['/proc', '/sys', '/dev', '/run'];

export interface ShareOptions {
  /** Real paths of folders; with `/` among them nothing is refused. */
  readonly writable: readonly string[];
  readonly liveFiles: boolean;
}

/** The current folder, unless that is the whole machine, and those that are asked for, as real paths. */
export function writableFolders(asked: readonly string[] = [], current = process.cwd()): string[] {
  return [...(current === '/' ? [] : [current]), ...asked.map(realFolder)];
}

function realFolder(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory() && !/[\n\t]/.test(real)) return real;
  } catch (cause) {
    throw new GuestheadError('ERR_USAGE', `No folder ${path} to write to: ${messageOf(cause)}`, { cause });
  }
  throw new GuestheadError('ERR_USAGE', `${path} is not a folder that the guest can write to`);
}

/** Starts virtiofsd, which serves one guest and ends with it. */
export function shareCommand(files: RunFiles, { writable, liveFiles }: ShareOptions): string[] {
  if (writable.includes('/')) return virtiofsd(files.fs, '/', liveFiles);
  return [...confine(files, writable), ...virtiofsd(files.fs, files.share, liveFiles)];
}

/**
 * The rest of the namespace is the host's as it is: virtiofsd's socket is made there, and nothing of it is shared. What the
 * host mounts later would come in writable, so that the namespace is cut off before virtiofsd starts.
 */
function confine({ share, folder }: RunFiles, writable: readonly string[]): string[] {
  const inShare = (path: string) => share + path;
  const hidden = notFiles.filter((path) => existsSync(path)).map(inShare);
  return [
    findSandbox(),
    '--die-with-parent',
    ...sandboxUser(),
    ...['--dev-bind', '/', '/', '--ro-bind', '/', share],
    ...hidden.flatMap((path) => ['--tmpfs', path]),
    ...['--ro-bind', folder, inShare(folder)],
    ...parentsFirst(writable).flatMap((path) => ['--bind', path, inShare(path)]),
    ...hidden.flatMap((path) => ['--remount-ro', path]),
    ...['--', 'sh', '-c', 'mount --make-rprivate / && exec "$0" "$@"'],
  ];
}

/** Anybody but root is root of a user namespace: mounts need it. */
export function sandboxUser(): string[] {
  return process.getuid?.() === 0 ? [] : ['--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'ALL'];
}

/** A folder mounted before one that holds it would be hidden by that. */
export function parentsFirst(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort((a, b) => a.length - b.length);
}

export function findSandbox(): string {
  try {
    return findProgram('bwrap', 'bubblewrap');
  } catch (cause) {
    throw new GuestheadError(
      'ERR_LAB',
      "The lab keeps the guest from writing this machine's files with bwrap, which is not here",
      {
        cause,
        advice: `install the package bubblewrap; ${without}`,
      },
    );
  }
}

/** Why virtiofsd ended before it served anybody; `said` is its standard error and bwrap's. */
export function shareFailure(said: string): GuestheadError {
  return new GuestheadError(
    'ERR_LAB',
    `virtiofsd, which shares this machine's files with the guest, ended at once: ${said}`,
    { advice: refusals.find(({ pattern }) => pattern.test(said))?.advice },
  );
}

const without = '`--writable /` does without, and lets the guest write all that you can';
/** The first that fits is told. */
const refusals = [
  {
    pattern: /^bwrap: Failed to make \/ slave: Invalid argument/m,
    advice: `in a chroot its root must be a mount point: \`mount --bind ROOT ROOT\` before it is entered; ${without}`,
  },
  {
    pattern: /^bwrap: |Operation not permitted|Permission denied/m,
    advice: `let users make namespaces (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 an AppArmor profile that lets bwrap), or run the lab as root; ${without}`,
  },
];

/** A device node in a folder that the guest writes would be one of the host's. */
const capabilities = 'modcaps=-mknod';

/** The one written in Rust, or Debian 12's older one inside QEMU's package. */
function virtiofsd(socket: string, folder: string, liveFiles: boolean): string[] {
  const cache = `cache=${liveFiles ? 'auto' : 'always'}`;
  const rust = ['/usr/libexec/virtiofsd', '/usr/lib/virtiofsd'].find((path) => existsSync(path));
  if (rust === undefined)
    return [olderVirtiofsd(), `--socket-path=${socket}`, '-f', ...olderOptions(folder, capabilities, cache)];
  // A mount that is announced is mounted by the guest on its first use, and an overlay refuses to lie on such a folder (EREMOTE).
  const options = [capabilities, 'no-announce-submounts', cache, 'log-level=error'].map((option) => `--${option}`);
  const sandbox = folder === '/' ? 'none' : 'chroot';
  return [rust, `--socket-path=${socket}`, `--shared-dir=${folder}`, `--sandbox=${sandbox}`, ...options];
}

function olderVirtiofsd(): string {
  const path = findProgram('virtiofsd', 'virtiofsd', ['/usr/lib/qemu']);
  if (process.getuid?.() === 0) return path;
  throw new GuestheadError('ERR_LAB', `The virtiofsd of this system (${path}) runs as root only`, {
    advice: 'run the lab as root, or install the later virtiofsd, which Debian 13 and Ubuntu 24.04 have as a package',
  });
}

function olderOptions(folder: string, ...others: readonly string[]): string[] {
  return [`source=${folder}`, 'sandbox=chroot', 'log_level=err', ...others].flatMap((option) => ['-o', option]);
}
