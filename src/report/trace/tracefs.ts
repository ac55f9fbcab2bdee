/** Where the kernel's tracer is to be had, and what dead processes of ours have left there. */
import { accessSync, constants as access, readdirSync, rmdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { errnoOf, GuestheadError } from '../../errors.js';

/** Where tracefs may be mounted. */
export const systemTracefs: readonly string[] = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

const prefix = 'guesthead-';

/** The instance of this process. */
export function instanceFolder(instances: string): string {
  return join(instances, `${prefix}${process.pid}`);
}

/** The first of the places with instances that may be made. Throws ERR_UNSUPPORTED or ERR_PERMISSION. */
export function findTracefs(places: readonly string[]): string {
  for (const place of places) {
    try {
      accessSync(join(place, 'instances'), access.W_OK | access.X_OK);
      return place;
    } catch (cause) {
      if (errnoOf(cause) !== constants.errno.ENOENT) throw refusal(place, cause);
    }
  }
  throw new GuestheadError('ERR_UNSUPPORTED', 'tracefs is not mounted', {
    advice: 'mount it: mount -t tracefs tracefs /sys/kernel/tracing',
  });
}

const forbidden: readonly number[] = [constants.errno.EACCES, constants.errno.EPERM, constants.errno.EROFS];

export function refusal(device: string, cause: unknown): GuestheadError {
  const errno = errnoOf(cause);
  const isForbidden = errno !== undefined && forbidden.includes(errno);
  return new GuestheadError(
    isForbidden ? 'ERR_PERMISSION' : 'ERR_SYSTEM',
    'The kernel’s trace events are not to be had',
    {
      device,
      errno,
      cause,
      advice: isForbidden ? 'tracefs is root’s' : undefined,
    },
  );
}

/** Of processes that are no more. One that lives in another PID namespace holds its own open, and keeps it. */
export function removeStale(instances: string): void {
  for (const name of readdirSync(instances)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    if (pid === process.pid || (Number.isInteger(pid) && pid > 0 && !isAlive(pid)))
      removeQuietly(join(instances, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== constants.errno.ESRCH;
  }
}

export function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // in use, or gone
  }
}
