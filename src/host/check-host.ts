/** `guesthead host check`: all checks of this host for a machine. */
import { verdictOf, type HostCheck, type HostReport } from './check.js';
import { checkKvm, checkQemu } from './check-qemu.js';
import { checkRenderNode } from './check-render.js';
import { checkUdmabuf } from './check-udmabuf.js';
import { checkVfio } from './check-vfio.js';
import { HostFiles } from './host-files.js';
import { hostMachineOf, type HostWishes } from './machine.js';
import { architectureOf } from './architecture.js';
import { findQemu } from './find-qemu.js';
import { lookAtQemu, tryKvm } from './qemu.js';

/** What to look at beside the host itself. */
export interface Places {
  /** A QEMU other than this architecture's usual one. */
  readonly qemu?: string | undefined;
  /** The broker's QMP socket of a guest that runs. */
  readonly qmp?: string | undefined;
}

/** Changes nothing; starts QEMU a few times, for a moment. Throws ERR_USAGE. */
export async function checkHost(
  wishes: HostWishes,
  { qemu: name, qmp }: Places = {},
  files = new HostFiles(),
): Promise<HostReport> {
  const machine = hostMachineOf({ architecture: architectureOf(name), ...wishes });
  const { architecture } = machine;
  const { program, path } = findQemu(name, architecture);
  const looking = path === undefined ? undefined : lookAtQemu(path);
  const [qemu, kvm] = await Promise.all([looking, tryKvm(path, architecture)]);
  const { display } = wishes; // without one any UI will do
  const checks = [
    ...checkQemu(qemu, { program, vfio: machine.vfio !== undefined, display }),
    checkKvm(kvm, architecture),
    ...checkUdmabuf(files, machine),
    checkRenderNode(files, display, machine.vfio),
    ...checkVfio(files, machine),
    ...(qmp === undefined ? [] : await checkGuest(qmp)),
  ];
  return { verdict: verdictOf(checks), checks };
}

/** Loaded only where it is asked for. */
async function checkGuest(qmp: string): Promise<HostCheck[]> {
  const { checkTransfer } = await import('./check-transfer.js');
  return checkTransfer(qmp);
}
