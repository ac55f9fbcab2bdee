/** Step "packages": what the addon's build, the bindings and the lab need from the system. */
import { spawnSync } from 'node:child_process';
import { apt, ignoreBrokenSource, installMissing, isDebian, isProgram, missingPackages, needsRoot } from './apt.mjs';
import { bringDisplayInfo, isSettled } from './display-info.mjs';
import { hasVirtiofsd, labPackages, labPrograms } from './lab-programs.mjs';
import { say } from './progress.mjs';
import { SetupError, attempt } from './run.mjs';

const ours = `
  libdrm2 libdrm-dev libgbm1 libgbm-dev libgl1-mesa-dri libegl1 libegl-dev libgles2 libgles-dev libwayland-server0
  libpixman-1-0 libinput10 libxkbcommon0 xkb-data libseat1
  gcc g++ make python3 pkg-config clang-format musl-tools kmscube libdrm-tests`;
/** virtiofsd apart, which Debian 12 has in another package. */
const debianPackages = [...ours.trim().split(/\s+/), ...labPackages.filter((name) => name !== 'virtiofsd')];

const programs = ['gcc', 'g++', 'make', 'python3', 'pkg-config', 'clang-format', 'tar', ...labPrograms];
const libraries = ['libdrm.so.2', 'libgbm.so.1', 'libEGL.so.1', 'libGLESv2.so.2'];

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

/** What completes words and shows a screen as people have them: only tests need it. */
export const terminals = {
  name: 'terminals',
  isDone: () => missingTerminals().length === 0 || !isDebian(),
  async bring(tell) {
    for (const name of missingTerminals()) await bringPackage(name, tell);
  },
};

/** Wayland clients that others wrote, for the kiosk: only tests need them. */
export const clients = {
  name: 'clients',
  isDone: () => isProgram('weston-simple-shm') || !isDebian(),
  bring: (tell) => bringPackage('weston', tell),
};

/** A daemon that gives the kiosk a seat: only tests start one, in a namespace or a guest. */
export const seat = {
  name: 'seat',
  isDone: () => isProgram('seatd') || !isDebian(),
  bring: (tell) => bringPackage('seatd', tell),
};

/** The Wayland conformance suite, and what its module is built with. */
export const conformance = {
  name: 'conformance',
  isDone: () => missingConformance().length === 0 || !isDebian(),
  async bring(tell) {
    for (const name of missingConformance()) await bringPackage(name, tell);
  },
};

function missingConformance() {
  return missingPackages(['wlcs', 'libwayland-dev']);
}

function missingTerminals() {
  return ['zsh', 'fish', 'tmux'].filter((name) => !isProgram(name));
}

/** One package more, for something that not every clone does. */
export function bringPackage(name, tell) {
  return bringPackages([name], tell);
}

/** Of Debian's packages, those that are missing here; elsewhere nobody can say. */
export function lackingOf(names) {
  return isDebian() ? missingPackages(names) : [];
}

export async function bringPackages(names, tell) {
  const asRoot = await rootPrefix(names);
  const install = () => apt([...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', ...names], tell);
  await install().catch(() =>
    apt([...asRoot, 'apt-get', 'update'], tell)
      .catch(ignoreBrokenSource)
      .then(install),
  );
}

function missingHere() {
  const virtiofsd = hasVirtiofsd() ? [] : ['virtiofsd'];
  return [...(isDebian() ? missingPackages(debianPackages) : missingElsewhere()), ...virtiofsd];
}

async function bringDebianPackages(tell) {
  const areListsOld = missingHere().length === 0;
  if (!areListsOld) await installMissing(missingHere, await rootPrefix(), tell);
  const aptGet = async (words) => apt([...(await rootPrefix()), 'apt-get', ...words], tell);
  if (!isSettled()) await bringDisplayInfo(aptGet, { areListsOld });
}

/** What to put before a command to run it as root; stops with the command to type where there is no way. */
async function rootPrefix(wanted = missingHere()) {
  if (process.getuid() === 0) return [];
  if (isProgram('sudo')) {
    if ((await attempt(['sudo', '-n', 'true'])).status === 0) return ['sudo', '-n'];
    // The synchronous call holds the live line still, so that the prompt can be read.
    if (process.stdin.isTTY && spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0) return ['sudo'];
  }
  throw await needsRoot(wanted);
}

function missingElsewhere() {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const hasLibrary = (name) => stdout?.includes(`\t${name} `);
  return [...programs.filter((name) => !isProgram(name)), ...libraries.filter((name) => !hasLibrary(name))];
}

function explainElsewhere() {
  throw new SetupError(`this is not a Debian or Ubuntu system, and these are missing: ${missingHere().join(', ')}`, {
    advice: `guesthead needs the programs ${programs.join(', ')}, virtiofsd, and the libraries ${libraries.join(', ')}`,
  });
}
