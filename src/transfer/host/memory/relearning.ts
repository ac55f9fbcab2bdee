/** Learns the guest's RAM anew after what may have moved it. */
import { concatMap, filter, type Observable } from 'rxjs';
import type { QmpEvent } from '../../../qmp/index.js';
import type { GuestRam } from './guest-ram.js';

/** After these the guest's RAM may lie elsewhere: a DIMM has come or gone, or the firmware is done and a producer begins. */
const changing = new Set([
  'MEMORY_DEVICE_SIZE_CHANGE',
  'ACPI_DEVICE_OST',
  'DEVICE_DELETED',
  'RESET',
  'VSERPORT_CHANGE',
]);

/** What is learnt. */
export interface Relearnt {
  /** Nothing is taken of it until the next `replace`. */
  suspend(): void;
  replace(ram: GuestRam): void;
}

/**
 * One time after the other, so that what was learnt later stands. From a DIMM's end on nothing is taken of a map that has it still, nor
 * of one that can no longer be compared with QEMU's.
 *
 * A registration that is read before that event is taken by the old map. That gives away nothing: the files are those of the guest's own
 * backends, open here, and what lay in a DIMM that has just gone was the guest's.
 */
export function relearnOn(events$: Observable<QmpEvent>, memory: Relearnt, learn: () => Promise<GuestRam>): void {
  let deletions = 0;
  const again = async () => {
    const before = deletions;
    try {
      memory.replace(await learn());
      if (deletions !== before) memory.suspend(); // it may have been learnt before that
    } catch {
      memory.suspend(); // QEMU is going, or the memory is closed: what was taken stays, and the guest's events tell
    }
  };
  const isDeletion = ({ event }: QmpEvent) => event === 'DEVICE_DELETED';
  events$.pipe(filter(isDeletion)).subscribe(() => {
    deletions++;
    memory.suspend();
  });
  events$
    .pipe(
      filter(({ event }) => changing.has(event)),
      concatMap(again),
    )
    .subscribe();
}
