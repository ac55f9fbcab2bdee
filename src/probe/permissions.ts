/** Who may open the nodes, and who is master of the displays. */
import { constants } from 'node:os';
import {
  cgroupAdvice,
  groupAdvice,
  groupName as nameOfGroup,
  holderAdvice,
  masterHolder,
  pathOf,
  type DrmDevice,
  type MasterHolder,
} from '../device/index.js';
import { errnoOf } from '../errors.js';
import { failed, no, ok, unknown, type Question } from './check.js';
import { nameOf, type DeviceReading } from './device-reading.js';
import { systemFiles, type FileAccess, type Files } from './files.js';
import type { Check } from './report.js';

export interface PermissionSources {
  readonly files: Files;
  readonly holder: (node: string) => MasterHolder | undefined;
}

const nodeWhy = 'the display’s primary node and the GPU’s render node are opened for reading and writing';

/** `displays` are those of the readings that shall show pictures: only there the master is in the way. */
export function checkPermissions(
  readings: readonly DeviceReading[],
  displays: readonly DeviceReading[],
  { files, holder }: PermissionSources = { files: systemFiles, holder: masterHolder },
): Check[] {
  if (readings.length === 0) return [unknown({ id: 'permissions.node', why: nodeWhy }, 'no node to open')];
  const nodes = readings.flatMap((reading) => nodesOf(reading.device).map((node) => checkNode(node, reading, files)));
  const masters = displays.map((one) => checkMaster(one, holder));
  return [...nodes, ...masters];
}

function nodesOf({ primary, render }: DrmDevice): string[] {
  return [primary, render].filter((node) => node !== undefined);
}

function checkNode(name: string, { device, node }: DeviceReading, files: Files): Check {
  const path = pathOf(device, name);
  const question: Question = { id: 'permissions.node', why: nodeWhy, device: path ?? name };
  if (path === undefined) return no(question, 'the kernel has it, but /dev lacks it', containerAdvice(name));
  const access = files.access(path);
  if (access === undefined) return unknown(question, 'the kernel has it, but not /dev', containerAdvice(name));
  const found = describeAccess(access, files);
  if (!access.open)
    return no(
      question,
      `${found}: closed to this user`,
      adviceFor(access, files, 'video for card*, render for renderD*'),
    );
  const isForbidden = 'fault' in node && errnoOf(node.fault) === constants.errno.EPERM;
  return isForbidden ? no(question, `${found}, but opening it is forbidden`, cgroupAdvice) : ok(question, found);
}

function containerAdvice(node: string): string {
  return `in a container: \`--device ${node}\` (Docker, Podman), a device of type gpu (Incus, LXD)`;
}

/** `root:video 0660`. */
export function describeAccess({ mode, uid, gid }: FileAccess, files: Files): string {
  const owner = uid === 0 ? 'root' : `user ${uid}`;
  return `${owner}:${groupName(gid, files)} ${mode.toString(8).padStart(4, '0')}`;
}

/** `usual` are the groups that distributions give such a node to. */
export function adviceFor({ mode, gid }: FileAccess, files: Files, usual: string): string {
  const byGroup = (mode & 0o060) === 0o060 && gid !== 0;
  if (byGroup) return groupAdvice({ gid, name: nameOfGroup(gid, files.text('/etc/group') ?? '') });
  return `let udev give the node to a group (${usual}) and join it, or run as root`;
}

function groupName(gid: number, files: Files): string {
  return nameOfGroup(gid, files.text('/etc/group') ?? '') ?? `group ${gid}`;
}

function checkMaster({ device, masterIsFree }: DeviceReading, holder: PermissionSources['holder']): Check {
  const why = 'only the DRM master may commit; a compositor or display manager that runs keeps it';
  const question: Question = { id: 'permissions.master', why, device: nameOf(device) };
  if ('fault' in masterIsFree) return failed(question, masterIsFree.fault, 'unknown');
  if (masterIsFree.value) return ok(question, 'no process is DRM master');
  const who = holder(nameOf(device));
  const name =
    who === undefined ? 'another process, which cannot be told from here' : `${who.command} (pid ${who.pid})`;
  return no(question, `DRM master is ${name}`, `${holderAdvice(who)}; \`run --wait\` waits`);
}
