/** Uevents that a test causes: real ones, and those that another process forges. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Every machine has it, and nobody cares about a change of it. */
const uncared = '/sys/devices/virtual/mem/null/uevent';
const capNetAdmin = 1n << 12n;
const capSysAdmin = 1n << 21n;

/** Why the kernel cannot be made to send a uevent that is heard here, and what would change that. */
export function cannotCause(): string | false {
  if (!isWritable(uncared)) return `run as root, with a /sys that may be written (${uncared})`;
  const ids = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).join(' ');
  return ids !== '0 0 4294967295' && 'run in the machine’s own user namespace: the kernel’s uevents go to no other';
}

/** Why no process here may send what looks like one, and what would change that. */
export function cannotForge(): string | false {
  const capabilities = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  const needed = capNetAdmin | capSysAdmin;
  if ((capabilities & needed) !== needed) return 'run with CAP_NET_ADMIN and CAP_SYS_ADMIN';
  return !existsSync('/usr/bin/python3') && 'install python3: Node has no netlink sockets';
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Makes the kernel send one; it is told from all others by what is returned, which stands in it. */
export function causeUevent(): string {
  const id = randomUUID();
  writeFileSync(uncared, `change ${id}`);
  return `SYNTH_UUID=${id}\0`;
}

/** `direct`: sent to the kernel's group. `through the kernel`: handed to the kernel, which sends it on (uevent_net_rcv). */
const send = `
import os, socket, struct, sys
how, text = sys.argv[1:]
text = text.replace('|', '\\0').encode()
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) # NETLINK_KOBJECT_UEVENT
sender.bind((0, 0))
if how == 'direct':
    try:
        sender.sendto(text, (0, 1))
    except ConnectionRefusedError:
        pass # by the kernel's own end, after the group has it
else:
    sender.sendto(struct.pack('=IHHII', 16 + len(text), 16, 1, 1, 0) + text, (0, 0))
`;

/** Another process, which may do anything, says that `/dev/dri/card77` has come. Returns once that was sent. */
export function forgeUevent(how: 'direct' | 'through the kernel'): void {
  const lines = ['ACTION=add', 'DEVPATH=/forged', 'SUBSYSTEM=drm', 'DEVNAME=dri/card77', 'SEQNUM=1'];
  const env = { ...process.env, LD_PRELOAD: '' }; // a sanitizer under which this runs is not for Python
  execFileSync('/usr/bin/python3', ['-c', send, how, `add@/forged|${lines.map((line) => `${line}|`).join('')}`], {
    env,
  });
}
