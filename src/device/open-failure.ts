/** What an open that failed means, and what to change. */
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf, GuestheadError } from '../errors.js';

const { ENOENT, EACCES, EPERM, ENODEV, ENXIO } = constants.errno;

/** By its mode the node would open: only a device cgroup says EPERM, to root as well. Source: devcgroup_inode_permission. */
export const cgroupAdvice =
  'the control group of this container or service forbids the device: give it by `--device` (Docker, Podman) and not as a volume, DeviceAllow= of a systemd unit or nspawn container, a device of type gpu (Incus, LXD)';

export function openFailure(path: string, cause: unknown, groupOf: GroupOf = systemGroupOf): GuestheadError {
  const errno = errnoOf(cause);
  const details = { device: path, operation: 'open', errno, cause };
  if (errno === EPERM)
    return new GuestheadError('ERR_PERMISSION', 'Opening the device is forbidden', {
      ...details,
      advice: cgroupAdvice,
    });
  if (errno === EACCES)
    return new GuestheadError('ERR_PERMISSION', 'No permission to open the device', {
      ...details,
      advice: groupAdvice(groupOf(path)),
    });
  if (errno === ENOENT || errno === ENODEV || errno === ENXIO)
    return new GuestheadError('ERR_NO_DEVICE', 'There is no such device', details);
  return new GuestheadError('ERR_SYSTEM', 'Could not open the device', details);
}

/** The group that a node belongs to. */
export interface NodeGroup {
  readonly gid: number;
  /** Undefined where this system has no name for it, as in a container. */
  readonly name: string | undefined;
}

/** Undefined where it cannot be told. */
export type GroupOf = (path: string) => NodeGroup | undefined;

/** By the file's owner and /etc/group. */
export const systemGroupOf: GroupOf = (path) => {
  try {
    const { gid } = statSync(path);
    return { gid, name: groupName(gid, readFileSync('/etc/group', 'utf8')) };
  } catch {
    return undefined;
  }
};

/** `rows` as in /etc/group. */
export function groupName(gid: number, rows: string): string | undefined {
  return rows
    .split('\n')
    .map((row) => row.split(':'))
    .find(([, , id]) => id === String(gid))?.[0];
}

/** How a user gets into the group; `undefined`, and root's own, are left to the usual groups. */
export function groupAdvice(group: NodeGroup | undefined): string {
  if (group === undefined || group.gid === 0)
    return 'join the groups `video` and `render` (usermod -aG video,render USER, then log in again), or run as root';
  const { gid, name } = group;
  if (name === undefined)
    return `its group ${gid} has no name here, as in a container: start that with \`--group-add ${gid}\` (Docker, Podman) or supplementalGroups (Kubernetes), or run as root`;
  return `join the group \`${name}\` (usermod -aG ${name} USER, then log in again), or run as root`;
}
