/** The guest's RAM as QEMU and the kernel have it now: which of its addresses are which part of which file. */
import { GuestheadError } from '../../../errors.js';
import { backendsOfDevices } from './device-memory.js';
import type { Qmp } from '../../../qmp/index.js';
import { ramRangesIn, type RamRange } from './physical-map.js';
import { isFile, processAt, type Found } from './process-areas.js';
import { candidates, openMapped, type Candidate } from './qemu-process.js';
import { RamFile } from './ram-file.js';
import type { PlacedRange } from './runs.js';

/** What it is learnt from. */
export interface QemuMonitor {
  readonly qmp: Pick<Qmp, 'execute' | 'monitor' | 'peerPid'>;
  /** Of its QMP socket. */
  readonly path: string;
}

export interface GuestRam {
  /** Ascending; each names one of `files`. */
  readonly ranges: readonly PlacedRange[];
  /** Each with one use that the caller releases. */
  readonly files: readonly RamFile[];
}

/** A range with its address in QEMU's own memory. */
interface HostRange extends RamRange {
  readonly address: bigint;
}

/** Files of `known` are used on. Throws ERR_PERMISSION, ERR_UNSUPPORTED where no memory can be shared, ERR_QEMU. */
export async function learnGuestRam(monitor: QemuMonitor, known: readonly RamFile[] = []): Promise<GuestRam> {
  const ranges = await hostRanges(monitor.qmp);
  const { process, parts } = qemuWith(monitor, ranges);
  if (!parts.some(isFile)) throw unshared(ranges);
  return place(ranges, parts, openFiles(process.pid, parts, known));
}

/** Each range's address in QEMU, of which /proc/PID/maps tells the file: two backends of one size are told apart by it alone. */
async function hostRanges(qmp: QemuMonitor['qmp']): Promise<HostRange[]> {
  const ofDevices = await backendsOfDevices(qmp);
  const ranges = ramRangesIn(await qmp.monitor('info mtree -f -o')).filter(({ backend }) => !ofDevices.has(backend));
  const addresses = await Promise.all(ranges.map(({ start }) => qmp.monitor(`gpa2hva 0x${start.toString(16)}`)));
  return ranges.flatMap((range, index) => {
    const [, address] = /is (0x[0-9a-f]+)/.exec(addresses[index] ?? '') ?? [];
    return address === undefined ? [] : [{ ...range, address: BigInt(address) }]; // unplugged in between
  });
}

function qemuWith(monitor: QemuMonitor, ranges: readonly HostRange[]): Found<Candidate> {
  const places = ranges.map(({ address, start, end }) => ({ address, bytes: end - start }));
  const found = processAt(candidates(monitor), places);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_UNSUPPORTED', `No process here has the memory of the guest at ${monitor.path}`, {
    advice: 'run the broker on the host that runs QEMU, in the same PID namespace',
  });
}

/** Each file once. */
function openFiles(pid: number, parts: Found<Candidate>['parts'], known: readonly RamFile[]): RamFile[] {
  const files: RamFile[] = [];
  try {
    for (const { file, area } of parts.filter(isFile)) {
      if (files.some(({ name }) => name === file)) continue;
      const old = known.find(({ name }) => name === file);
      files.push(old?.retain() ?? new RamFile(openMapped(pid, file, area), file));
    }
    return files;
  } catch (error) {
    for (const file of files) file.release();
    throw error;
  }
}

function place(ranges: readonly HostRange[], parts: Found<Candidate>['parts'], files: readonly RamFile[]): GuestRam {
  const placed = ranges.map(({ start, end, backend }, index) => {
    const part = parts[index];
    if (!isFile(part)) return { start, end, backend, file: -1, offset: 0n };
    return { start, end, backend, file: files.findIndex(({ name }) => name === part.file), offset: part.offset };
  });
  return { ranges: placed, files };
}

function unshared(ranges: readonly RamRange[]): GuestheadError {
  const backends = [...new Set(ranges.map(({ backend }) => backend))].join(', ') || 'the machine';
  return new GuestheadError('ERR_UNSUPPORTED', `The guest’s memory (${backends}) is QEMU’s own, and cannot be shared`, {
    advice:
      'start QEMU with -object memory-backend-memfd,id=mem,size=SIZE,share=on and -machine …,memory-backend=mem (guesthead host qemu --transfer prints all of it; libvirt: <source type="memfd"/> and <access mode="shared"/> in <memoryBacking>)',
  });
}
