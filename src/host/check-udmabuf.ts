/** Checks of /dev/udmabuf: there, permitted, and with room for the chosen size. */
import { bufferNeeds, buffersPerHead, type BufferNeeds } from './buffers.js';
import { check, judged, type Finding, type HostCheck } from './check.js';
import type { HostFiles } from './host-files.js';
import { bytesOf, mebibyte, type HostMachine } from './machine.js';

const device = '/dev/udmabuf';
const parameters = '/sys/module/udmabuf/parameters';
/** QEMU refuses a longer list of pieces whatever the kernel takes. */
const qemuEntries = 16_384;

export function checkUdmabuf(files: HostFiles, machine: HostMachine): HostCheck[] {
  const needs = bufferNeeds(machine);
  return [
    check(
      'udmabuf',
      true,
      `QEMU makes a dma-buf of the guest's pages with it, and refuses blob=on without.`,
      presence(files),
    ),
    check(
      'udmabuf-list-limit',
      true,
      'A buffer whose pieces are more than list_limit shows black: the more fragmented the memory of the guest, the more pieces.',
      listLimit(files.number(`${parameters}/list_limit`), needs, machine),
    ),
    check(
      'udmabuf-size-limit',
      true,
      'A buffer larger than size_limit_mb is always refused, and shows black.',
      sizeLimit(files.number(`${parameters}/size_limit_mb`), needs, machine),
    ),
    check('guest-memory', true, 'The buffers lie in the memory of the guest.', guestMemory(needs, machine)),
  ];
}

function presence(files: HostFiles): Finding {
  if (!files.exists(device) && files.exists('/sys/class/misc/udmabuf'))
    return {
      status: 'no',
      found: 'the kernel has udmabuf, but /dev lacks it',
      advice: `give it to the container in which QEMU runs: \`--device ${device}\` (Docker, Podman), a host device (KubeVirt)`,
    };
  if (!files.exists(device))
    return { status: 'no', found: `no ${device}`, advice: 'modprobe udmabuf; the kernel needs CONFIG_UDMABUF' };
  const ok = files.mayUse(device);
  return {
    status: judged(ok),
    found: ok ? `${device}, readable and writable` : `${device} may not be opened by this user`,
    advice: `join the group that owns ${device} (kvm, where udev set it; from systemd 257 on whoever sits at the machine may open it), or give it to one; libvirt's QEMU needs the same right, and a SELinux policy that lets it (ausearch -m avc tells)`,
  };
}

/** Entries are counted a buffer, whatever the number of heads. */
function listLimit(limit: number | undefined, { pages }: BufferNeeds, machine: HostMachine): Finding {
  if (limit === undefined) return unread('list_limit');
  const found = `list_limit ${limit}; a buffer of ${sizeOf(machine)} has up to ${pages} pieces, one a page`;
  if (limit >= pages && pages <= qemuEntries) return { status: 'ok', found };
  if (limit >= qemuEntries)
    return {
      status: 'unknown',
      found: `${found}, and QEMU takes ${qemuEntries}`,
      advice:
        'nothing more to raise: let the guest have large pieces (transparent huge pages, a GPU that allocates them)',
    };
  const enough = Math.min(qemuEntries, powerOfTwo(pages));
  return { status: 'no', found, advice: raise('list_limit', enough) };
}

function sizeLimit(limit: number | undefined, { bytes }: BufferNeeds, machine: HostMachine): Finding {
  if (limit === undefined) return unread('size_limit_mb');
  const found = `size_limit_mb ${limit}; a buffer of ${sizeOf(machine)} has ${inMebibytes(bytes)}`;
  const enough = powerOfTwo(Math.ceil(bytes / mebibyte));
  return { status: judged(bytes <= limit * mebibyte), found, advice: raise('size_limit_mb', enough) };
}

function guestMemory({ allBytes }: BufferNeeds, { heads, memory }: HostMachine): Finding {
  const found = `${buffersPerHead} buffers a head, ${heads} of them: ${inMebibytes(allBytes)} of ${memory}`;
  return { status: judged(allBytes <= bytesOf(memory) / 2), found, advice: 'give the guest more with --memory' };
}

function unread(name: string): Finding {
  const advice = `modprobe udmabuf, then read ${parameters}/${name}`;
  return { status: 'unknown', found: `${parameters}/${name} cannot be read`, advice };
}

function raise(name: string, value: number): string {
  return `echo ${value} | sudo tee ${parameters}/${name}; for good: udmabuf.${name}=${value} on the kernel's command line, or in /etc/modprobe.d`;
}

function sizeOf({ size }: HostMachine): string {
  return `${size.width}x${size.height}`;
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
