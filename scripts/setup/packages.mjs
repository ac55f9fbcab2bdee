/** Step "packages": what the addon's build, the bindings and the lab need from the system. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { bringDisplayInfo, isSettled } from './display-info.mjs';
import { say } from './progress.mjs';
import { SetupError, attempt, run } from './run.mjs';

const needed = `
  libdrm2 libdrm-dev libgbm1 libgbm-dev libgl1-mesa-dri libegl1
  gcc g++ make python3 pkg-config clang-format
  qemu-system-x86 bubblewrap kmod kmscube libdrm-tests util-linux xz-utils debian-archive-keyring`;
const debianPackages = needed.trim().split(/\s+/);

/** Debian 12 has it in qemu-system-common, later releases in a package of its own. */
const virtiofsdPaths = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'];

const programs = 'gcc g++ make python3 pkg-config clang-format qemu-system-x86_64 bwrap depmod modprobe tar xz'.split(' ');
const libraries = ['libdrm.so.2', 'libgbm.so.1', 'libEGL.so.1'];

export const packages = {
  name: 'packages',
  isDone: () => missingHere().length === 0 && (!isDebian() || isSettled()),
  bring: (tell) => (isDebian() ? bringDebianPackages(tell) : explainElsewhere()),
};

/** Only what looks at pages needs it; where it cannot be had, the test that wants it says so. */
export const browser = {
  name: 'browser',
  isDone: () => isProgram('chromium') || !isDebian(),
  async bring(tell) {
    try {
      await bringPackage('chromium', tell);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`browser: ${error.message}`);
    }
  },
};

/** One package more, for something that not every clone does. */
export async function bringPackage(name, tell) {
  const asRoot = await rootPrefix([name]);
  const install = () => apt([...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', name], tell);
  await install().catch(() =>
    apt([...asRoot, 'apt-get', 'update'], tell)
      .catch(ignoreBrokenSource)
      .then(install),
  );
}

function missingHere() {
  const virtiofsd = virtiofsdPaths.some((path) => existsSync(path)) ? [] : ['virtiofsd'];
  return [...(isDebian() ? missingDebianPackages() : missingElsewhere()), ...virtiofsd];
}

export function isDebian() {
  return ['dpkg-query', 'apt-get'].every(isProgram);
}

function missingDebianPackages() {
  const format = '${Package} ${db:Status-Abbrev}\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...debianPackages], { encoding: 'utf8' });
  const installed = new Set(stdout.split('\n').map((line) => line.trim()));
  return debianPackages.filter((name) => !installed.has(`${name} ii`));
}

async function bringDebianPackages(tell) {
  const areListsOld = missingHere().length === 0;
  if (!areListsOld) await bringNeeded(tell);
  const aptGet = async (words) => apt([...(await rootPrefix()), 'apt-get', ...words], tell);
  if (!isSettled()) await bringDisplayInfo(aptGet, { areListsOld });
}

async function bringNeeded(tell) {
  const asRoot = await rootPrefix();
  await apt([...asRoot, 'apt-get', 'update'], tell).catch(ignoreBrokenSource);
  const install = [...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', ...(await toInstall())];
  await apt(install, tell);
  if (missingHere().length > 0)
    throw new SetupError(`still missing: ${missingHere().join(' ')}`, { advice: 'install them, then try again' });
}

/** One unreachable source must not stop us: the install tells whether the lists were good enough. */
function ignoreBrokenSource(error) {
  if (!(error instanceof SetupError)) throw error;
  say('packages: apt-get update had errors; going on with the lists that are there');
}

/** A missing virtiofsd is to be installed only where it is a package of its own. */
async function toInstall() {
  const missing = missingHere();
  if (!missing.includes('virtiofsd')) return missing;
  const { stdout } = await attempt(['apt-cache', 'show', '--no-all-versions', 'virtiofsd']);
  return /^Package: virtiofsd$/m.test(stdout) ? missing : missing.filter((name) => name !== 'virtiofsd');
}

/** What to put before a command to run it as root; stops with the command to type where there is no way. */
async function rootPrefix(wanted) {
  if (process.getuid() === 0) return [];
  if (isProgram('sudo')) {
    if ((await attempt(['sudo', '-n', 'true'])).status === 0) return ['sudo', '-n'];
    // The synchronous call holds the live line still, so that the prompt can be read.
    if (process.stdin.isTTY && spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0) return ['sudo'];
  }
  const command = `apt-get install -y --no-install-recommends ${(wanted ?? (await toInstall())).join(' ')}`;
  throw new SetupError('Debian packages are missing, and installing them needs root', {
    advice: `run this as root, then try again:\n  apt-get update && ${command}`,
  });
}

async function apt(command, tell) {
  say(`running ${command.join(' ')}`);
  tell(command.slice(command.indexOf('apt-get')).slice(0, 2).join(' '));
  const waitForOthers = ['-o', 'DPkg::Lock::Timeout=600'];
  const words = command.flatMap((word) =>
    word === 'apt-get' ? ['env', ...environment, word, ...waitForOthers] : word,
  );
  await run(words, { advice: `see what apt says, or run it yourself: ${command.join(' ')}` });
}

/** Given through `env`, because sudo does not pass the environment on. */
const environment = ['DEBIAN_FRONTEND=noninteractive'];

function missingElsewhere() {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const hasLibrary = (name) => stdout?.includes(`\t${name} `);
  return [...programs.filter((name) => !isProgram(name)), ...libraries.filter((name) => !hasLibrary(name))];
}

function explainElsewhere() {
  throw new SetupError(`this is not a Debian or Ubuntu system, and these are missing: ${missingHere().join(', ')}`, {
    advice: `guesthead needs the programs ${programs.join(', ')} and virtiofsd, and the libraries ${libraries.join(', ')}`,
  });
}

export function isProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
