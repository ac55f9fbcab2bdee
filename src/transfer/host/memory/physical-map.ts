/**
 * Where the guest's RAM lies in its physical addresses, as QEMU's monitor prints it: `info mtree -f -o`, the flat view, in which
 * nothing overlaps, with the owner of each region. Pure.
 */
import { GuestheadError } from '../../../errors.js';

/** Some RAM, in bytes; `end` lies behind it. */
export interface RamRange {
  readonly start: bigint;
  readonly end: bigint;
  /** The memory-backend's path in QEMU's object model: `/objects/mem`. */
  readonly backend: string;
  /** Of `start`, in the backend. */
  readonly offset: bigint;
}

/** What the guest's processors see outside of system management mode. */
const ofProcessors = /^ AS "memory", root: system$/m;

/**
 * `  0000000000100000-000000007fffffff (prio 0, ram): mem @0000000000100000 owner:{obj path=/objects/mem} KVM`. A region that the
 * guest cannot write is a `rom` there, one that a device answers for `i/o`, and a device's own RAM is a device's (`owner:{dev …}`).
 */
const ram = /^ +([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ram\): \S+(?: @([0-9a-f]{16}))? owner:\{obj path=(\S+)\}/gm;

/** In ascending order. Throws ERR_PROTOCOL for what is no such map. */
export function ramRangesIn(text: string): RamRange[] {
  const view = text.split(/\n\s*\n/).find((part) => ofProcessors.test(part));
  if (view === undefined)
    throw new GuestheadError('ERR_PROTOCOL', 'QEMU prints its memory map in a form that is not known', {
      operation: 'info mtree -f -o',
    });
  return [...view.matchAll(ram)].map(([, start, last, offset, backend = '']) => ({
    start: hex(start),
    end: hex(last) + 1n,
    backend,
    offset: hex(offset),
  }));
}

function hex(digits = '0'): bigint {
  return BigInt(`0x${digits}`);
}
