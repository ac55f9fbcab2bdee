/** Which buffer path is taken: the one asked for, or with `auto` the first of the ladder that works. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError, isTransient, messageOf } from '../errors.js';
import { Owner } from '../owner.js';
import { pathNames, type PathName } from './choices.js';
import { createCopiedBuffer } from './copy-path.js';
import { createExportedBuffer } from './export-path.js';
import { createImportedBuffer } from './import-path.js';
import type { CreateBuffer, PathDevices, Size } from './path.js';
import type { ScanoutBuffer } from './scanout-buffer.js';
import { createUdmabufBuffer } from './udmabuf-path.js';

const paths = {
  import: createImportedBuffer,
  udmabuf: createUdmabufBuffer,
  export: createExportedBuffer,
  copy: createCopiedBuffer,
} satisfies Record<PathName, CreateBuffer>;

/** Why a rung was not taken. */
export interface Refusal {
  readonly path: PathName;
  readonly code: string;
  readonly advice: string;
}

export interface Rung {
  readonly path: PathName;
  readonly buffers: readonly ScanoutBuffer[];
  /** Makes another one on this path, the owner's too. Throws as the path does. */
  readonly another: () => ScanoutBuffer;
  readonly refused: readonly Refusal[];
  /** Closes the buffers. */
  readonly owner: Owner;
}

/** What the tests replace. */
export interface Ladder {
  readonly ladder: Readonly<Record<PathName, CreateBuffer>>;
  /** Waits between the tries of a rung that was refused for the moment. */
  readonly backOffMs: readonly number[];
}

const realLadder: Ladder = { ladder: paths, backOffMs: [50, 200] };
/** The paths to try, the best first: the one asked for, or with `auto` all of them, or those after (before) another. */
export function rungsOf(wanted: PathName | 'auto'): readonly PathName[] {
  return wanted === 'auto' ? pathNames : [wanted];
}

export function rungsBelow(wanted: PathName | 'auto', path: PathName): readonly PathName[] {
  return rungsOf(wanted).slice(rungsOf(wanted).indexOf(path) + 1);
}

export function rungsAbove(wanted: PathName | 'auto', path: PathName): readonly PathName[] {
  return rungsOf(wanted).slice(0, rungsOf(wanted).indexOf(path));
}

/**
 * Makes `count` buffers by the first of these rungs on which they can be made and
 * `test` (a TEST_ONLY commit) accepts one. Every refusal is kept; when no rung is
 * left, the last one's error is thrown.
 */
export async function climbDown(
  rungs: readonly PathName[],
  devices: PathDevices,
  size: Size,
  count: number,
  test: (buffer: ScanoutBuffer) => void,
  { ladder, backOffMs } = realLadder,
): Promise<Rung> {
  const refused: Refusal[] = [];
  let last: Error = new GuestheadError('ERR_UNSUPPORTED', 'There is no other buffer path to try');
  for (const path of rungs) {
    try {
      const owner = new Owner();
      const buffers = await withBackOff(backOffMs, () => tryRung(owner, ladder[path], devices, size, count, test));
      return { path, buffers, another: () => owner.own(ladder[path](devices, size)), refused, owner };
    } catch (error) {
      last = error instanceof Error ? error : new Error(messageOf(error));
      refused.push(refusalOf(path, error));
    }
  }
  throw last;
}

function tryRung(
  owner: Owner,
  create: CreateBuffer,
  devices: PathDevices,
  size: Size,
  count: number,
  test: (buffer: ScanoutBuffer) => void,
): ScanoutBuffer[] {
  return owner.guard(() => {
    const buffers = Array.from({ length: count }, () => owner.own(create(devices, size)));
    if (buffers[0] !== undefined) test(buffers[0]);
    return buffers;
  });
}

async function withBackOff<T>(backOffMs: readonly number[], attempt: () => T): Promise<T> {
  for (const ms of backOffMs) {
    try {
      return attempt();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await sleep(ms);
    }
  }
  return attempt();
}

export function refusalOf(path: PathName, error: unknown): Refusal {
  if (!(error instanceof GuestheadError)) return { path, code: 'ERR_SYSTEM', advice: messageOf(error) };
  return { path, code: error.code, advice: error.advice ?? error.message };
}
