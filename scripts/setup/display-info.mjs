/**
 * libdisplay-info, which tells a display's make and model from its EDID. guesthead does
 * without where it has to, so that nothing here makes the set-up fail; it is tried once.
 * Debian 13 and Ubuntu have the library, Debian 12 in its backports only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './progress.mjs';
import { SetupError, attempt, labDir } from './run.mjs';

/** Newer first; a distribution has one of them. */
const names = ['libdisplay-info3', 'libdisplay-info2', 'libdisplay-info1'];
const stamp = join(labDir, 'no-display-info');
const aptDir = join(labDir, 'apt-backports');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** It is there, or was looked for in vain. */
export function isSettled() {
  return existsSync(stamp) || isInstalled();
}

function isInstalled() {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  return /\tlibdisplay-info\.so\.[123] /.test(stdout ?? '');
}

/** `aptGet(words)` runs apt-get as root. */
export async function bringDisplayInfo(aptGet, { areListsOld }) {
  try {
    if (areListsOld) await aptGet(['update']);
    if (!(await installFrom([], aptGet))) await installFromBackports(aptGet);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
  }
  if (isInstalled()) return;
  mkdirSync(labDir, { recursive: true });
  writeFileSync(stamp, '');
  say(`packages: going on without libdisplay-info, so without displays' make and model; remove ${stamp} to try again`);
}

/** Resolves to whether apt, with these options, knows one of the packages, which is installed then. */
async function installFrom(options, aptGet) {
  for (const name of names) {
    const { stdout } = await attempt(['apt-cache', ...options, 'show', '--no-all-versions', name]);
    if (!new RegExp(`^Package: ${name}$`, 'm').test(stdout)) continue;
    await aptGet(['install', '-y', '--no-install-recommends', ...options, name]);
    return true;
  }
  return false;
}

/** Through lists of our own, so that the machine's sources stay as they are. */
async function installFromBackports(aptGet) {
  const site = await debianMirror();
  const codename = debianCodename();
  if (site === undefined || codename === undefined) return;
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(aptDir, folder), { recursive: true });
  writeFileSync(join(aptDir, 'sources.list'), `deb [signed-by=${keyring}] ${site} ${codename}-backports main\n`);
  try {
    await aptGet(['update', ...privateLists]);
    await installFrom(privateLists, aptGet);
  } finally {
    rmSync(aptDir, { recursive: true, force: true });
  }
}

/** The status stays the system's: what is installed is installed on the machine. */
const privateLists = Object.entries({
  'Dir::Etc::sourcelist': join(aptDir, 'sources.list'),
  'Dir::Etc::sourceparts': '/dev/null',
  'Dir::State::lists': join(aptDir, 'lists'),
  'Dir::Cache': join(aptDir, 'cache'),
  'Acquire::Languages': 'none',
  'APT::Sandbox::User': 'root', // _apt may not write in a checkout
}).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

async function debianMirror() {
  const { stdout } = await attempt(['apt-get', 'indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  return stdout.split('\n').find((site) => /\/debian\/?$/.test(site));
}

function debianCodename() {
  const release = readFileSync('/etc/os-release', 'utf8');
  return /^ID=debian$/m.test(release) ? /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] : undefined;
}
