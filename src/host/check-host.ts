/** `guesthead host check`: all checks of this host for a machine. */
import { verdictOf, type HostReport } from './check.js';
import { checkKvm, checkQemu } from './check-qemu.js';
import { checkRenderNode } from './check-render.js';
import { checkUdmabuf } from './check-udmabuf.js';
import { checkVfio } from './check-vfio.js';
import { HostFiles } from './host-files.js';
import { hostMachineOf, type HostWishes } from './machine.js';
import { defaultProgram, findQemu, lookAtQemu, tryKvm } from './qemu.js';

/** Changes nothing; starts QEMU a few times, for a moment. Throws ERR_USAGE. */
export async function checkHost(
  wishes: HostWishes,
  program = defaultProgram,
  files = new HostFiles(),
): Promise<HostReport> {
  const machine = hostMachineOf(wishes);
  const path = findQemu(program);
  const [qemu, kvm] = await Promise.all([path === undefined ? undefined : lookAtQemu(path), tryKvm(path)]);
  const { display } = wishes; // without one any UI will do
  const checks = [
    ...checkQemu(qemu, { program, vfio: machine.vfio !== undefined, display }),
    checkKvm(kvm),
    ...checkUdmabuf(files, machine),
    checkRenderNode(files, display, machine.vfio),
    ...checkVfio(files, machine),
  ];
  return { verdict: verdictOf(checks), checks };
}
