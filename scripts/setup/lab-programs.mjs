/** Step "programs": what the lab runs on the host. Debian's and Ubuntu's packages are installed; elsewhere they are named. */
import { existsSync } from 'node:fs';
import { installMissing, isDebian, isProgram, needsRoot } from './apt.mjs';
import { SetupError } from './run.mjs';

/** Fedora and Arch have QEMU's devices in packages of their own; those named here bring all of them. */
const needed = [
  { name: 'qemu-system-x86_64', debian: 'qemu-system-x86', dnf: 'qemu-system-x86', pacman: 'qemu-desktop' },
  { name: 'bwrap', any: 'bubblewrap' },
  { name: 'setpriv', any: 'util-linux' },
  { name: 'depmod', any: 'kmod' },
  { name: 'xz', debian: 'xz-utils', any: 'xz' },
];
const virtiofsd = { name: 'virtiofsd', any: 'virtiofsd' };
const virtiofsdPaths = ['/usr/libexec/virtiofsd', '/usr/lib/virtiofsd', '/usr/lib/qemu/virtiofsd'];

/** Without it the kernel's packages could not be checked. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const keyringPackage = 'debian-archive-keyring';

const packageOf = (program, manager) => program[manager] ?? program.any;

export const labPrograms = needed.map(({ name }) => name);
export const labPackages = [...needed, virtiofsd].map((program) => packageOf(program, 'debian')).concat(keyringPackage);

export function hasVirtiofsd() {
  return isProgram('virtiofsd') || virtiofsdPaths.some((path) => existsSync(path));
}

function missingPrograms() {
  return [...needed.filter(({ name }) => !isProgram(name)), ...(hasVirtiofsd() ? [] : [virtiofsd])];
}

/** Debian's packages; its keyring is no program, and no other system has one. */
function missing() {
  const packages = missingPrograms().map((program) => packageOf(program, 'debian'));
  return [...packages, ...(isDebian() && !existsSync(keyring) ? [keyringPackage] : [])];
}

export const programs = {
  name: 'programs',
  isDone: () => missing().length === 0,
  async bring(tell) {
    if (!isDebian()) throw missingElsewhere();
    if (process.getuid() !== 0) throw await needsRoot(missing());
    await installMissing(missing, [], tell);
  },
};

const managers = { dnf: 'dnf install', pacman: 'pacman -S --needed' };

function missingElsewhere() {
  const manager = Object.keys(managers).find(isProgram);
  const names = missingPrograms().map(({ name }) => name);
  const packages = missingPrograms().map((program) => packageOf(program, manager));
  const advice =
    manager === undefined
      ? 'install them as your distribution has them'
      : `run this as root, then try again:\n  ${managers[manager]} ${packages.join(' ')}`;
  return new SetupError(`the lab needs programs that are missing here: ${names.join(', ')}`, { advice });
}
