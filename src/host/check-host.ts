/** `guesthead host check`: all checks of this host for a machine. */
import { verdictOf, type HostReport } from './check.js';
import { checkKvm, checkQemu } from './check-qemu.js';
import { checkRenderNode } from './check-render.js';
import { checkUdmabuf } from './check-udmabuf.js';
import { checkVfio } from './check-vfio.js';
import { HostFiles } from './host-files.js';
import { hostMachineOf, type HostWishes } from './machine.js';
import { architectureOf } from './architecture.js';
import { findQemu } from './find-qemu.js';
import { lookAtQemu, tryKvm } from './qemu.js';

/** Changes nothing; starts QEMU a few times, for a moment. Throws ERR_USAGE. */
export async function checkHost(wishes: HostWishes, name?: string, files = new HostFiles()): Promise<HostReport> {
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
  ];
  return { verdict: verdictOf(checks), checks };
}
