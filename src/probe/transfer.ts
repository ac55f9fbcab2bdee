/** Whether this guest can hand its buffers to the host: the port to it, and whether a buffer's pages can be named. */
import { no, ok, unknown, type Question } from './check.js';
import { systemFiles, type Files } from './files.js';
import { adviceFor, describeAccess } from './permissions.js';
import type { Check } from './report.js';

const portClass = '/sys/class/virtio-ports';
const portName = 'org.guesthead.transfer.0';
/** CAP_SYS_ADMIN's bit in the CapEff of /proc/self/status. */
const administration = 21n;

/** Without the port nobody asks for the pages. */
export function checkTransfer(files: Files = systemFiles): Check[] {
  const entry = files.names(portClass).find((name) => files.text(`${portClass}/${name}/name`)?.trim() === portName);
  return entry === undefined ? [missingPort] : [checkPort(entry, files), checkPages(files)];
}

const why = 'by the port `guesthead share`, and `openProducer`, hand buffers to a broker on the host';

const missingPort = unknown(
  { id: 'transfer.port', why },
  `no virtio-serial port is called ${portName}`,
  'only for the transfer: give QEMU what `guesthead host qemu --transfer` prints',
);

function checkPort(entry: string, files: Files): Check {
  const device = `/dev/${entry}`;
  const question: Question = { id: 'transfer.port', why, device };
  const access = files.access(device);
  if (access === undefined) return no(question, 'the kernel has it, but /dev lacks it', 'give it to the container');
  const found = describeAccess(access, files);
  return access.open
    ? ok(question, found)
    : no(question, `${found}: closed to this user`, adviceFor(access, files, 'by a udev rule'));
}

function checkPages(files: Files): Check {
  const why = 'the host finds a shared buffer by the physical pages that /proc/self/pagemap names';
  const question: Question = { id: 'transfer.pages', why, device: '/proc/self/pagemap' };
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(files.text('/proc/self/status') ?? '')?.[1];
  if (bits === undefined) return unknown(question, 'the capabilities of this process cannot be read');
  if (((BigInt(`0x${bits}`) >> administration) & 1n) === 1n)
    return ok(question, 'this process may name them (CAP_SYS_ADMIN)');
  return unknown(
    question,
    'this process may not name them',
    'only for the transfer: run as root, or with CAP_SYS_ADMIN',
  );
}
