/** Debian's and Ubuntu's packages: which are missing, and their installation as root. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './progress.mjs';
import { SetupError, attempt, run } from './run.mjs';

export function isDebian() {
  return ['dpkg-query', 'apt-get'].every(isProgram);
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

export function missingPackages(names) {
  const format = '${Package} ${db:Status-Abbrev}\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  const installed = new Set(stdout.split('\n').map((line) => line.trim()));
  return names.filter((name) => !installed.has(`${name} ii`));
}

/** Installs what `missing` names, which has to name nothing then. `asRoot` are the words before a command. */
export async function installMissing(missing, asRoot, tell) {
  await apt([...asRoot, 'apt-get', 'update'], tell).catch(ignoreBrokenSource);
  await apt([...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', ...(await toInstall(missing()))], tell);
  if (missing().length === 0) return;
  throw new SetupError(`still missing: ${missing().join(' ')}`, { advice: 'install them, then try again' });
}

export async function needsRoot(missing) {
  const command = `apt-get install -y --no-install-recommends ${(await toInstall(missing)).join(' ')}`;
  return new SetupError('Debian packages are missing, and installing them needs root', {
    advice: `run this as root, then try again:\n  apt-get update && ${command}`,
  });
}

/** A missing virtiofsd is to be installed only where it is a package of its own: Debian 12 has it in qemu-system-common. */
async function toInstall(missing) {
  if (!missing.includes('virtiofsd')) return missing;
  const { stdout } = await attempt(['apt-cache', 'show', '--no-all-versions', 'virtiofsd']);
  return /^Package: virtiofsd$/m.test(stdout) ? missing : missing.filter((name) => name !== 'virtiofsd');
}

/** One unreachable source must not stop us: the install tells whether the lists were good enough. */
export function ignoreBrokenSource(error) {
  if (!(error instanceof SetupError)) throw error;
  say('packages: apt-get update had errors; going on with the lists that are there');
}

export async function apt(command, tell) {
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
