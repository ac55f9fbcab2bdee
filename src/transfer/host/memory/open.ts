/** The memory of the guest behind a QMP socket. */
import { loadNative, type Native } from '../../../native/index.js';
import { openQmp } from '../../../qmp/index.js';
import type { GuestMemory } from '../guest-memory.js';
import { guestEvents } from './events.js';
import { learnGuestRam } from './guest-ram.js';
import { RamMemory } from './memory.js';
import { relearnOn } from './relearning.js';

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
    relearnOn(qmp.events$, memory, async () => learnGuestRam({ qmp, path }, memory.ram.files));
    return memory;
  } catch (error) {
    qmp.close();
    throw error;
  }
}
