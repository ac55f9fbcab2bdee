/** The memory of the guest behind a QMP socket. */
import { loadNative, type Native } from '../../../native.js';
import { openQmp } from '../../../qmp/index.js';
import type { GuestMemory } from '../guest-memory.js';
import { guestEvents } from './events.js';
import { learnGuestRam, type QemuMonitor } from './guest-ram.js';
import { RamMemory } from './memory.js';

export interface GuestMemoryOptions {
  /** Where the guest's QEMU listens, for one client: `-qmp unix:PATH,server=on,wait=off`. */
  readonly qmp: string;
}

/** Throws ERR_QEMU where QEMU does not answer, ERR_PERMISSION, ERR_UNSUPPORTED where its memory cannot be shared, ERR_SYSTEM. */
export async function openGuestMemory(
  { qmp: path }: GuestMemoryOptions,
  native: Native = loadNative(),
): Promise<GuestMemory> {
  const qmp = await openQmp(path, native);
  try {
    const memory: RamMemory = new RamMemory(await learnGuestRam({ qmp, path }), guestEvents(qmp), () => qmp.close());
    qmp.events$.subscribe(({ event }) => {
      if (changing.has(event)) void relearn({ qmp, path }, memory);
    });
    return memory;
  } catch (error) {
    qmp.close();
    throw error;
  }
}

/** After these the guest's RAM may lie elsewhere: a DIMM has come or gone, or the firmware is done and a producer begins. */
const changing = new Set([
  'MEMORY_DEVICE_SIZE_CHANGE',
  'ACPI_DEVICE_OST',
  'DEVICE_DELETED',
  'RESET',
  'VSERPORT_CHANGE',
]);

async function relearn(monitor: QemuMonitor, memory: RamMemory): Promise<void> {
  try {
    memory.replace(await learnGuestRam(monitor, memory.ram.files));
  } catch {
    // QEMU is going, or the memory is closed: what was taken stays, and events$ tells
  }
}
