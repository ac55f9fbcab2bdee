/**
 * Step "kernel": an unmodified Debian kernel for the lab's guest, in `.lab/kernel`.
 * It comes from the Debian mirror that this machine's apt already uses, through lists and
 * a cache of our own, checked with the Debian archive keyring like any package.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, attempt, labDir, run } from './run.mjs';
import { unpackKernel } from './unpack.mjs';

const suite = 'trixie-backports';
/** A Debian mirror for machines whose own apt knows none, such as Ubuntu's. */
const mirrorVariable = 'GUESTHEAD_DEBIAN_MIRROR';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const kernelDir = join(labDir, 'kernel');
const aptDir = join(labDir, 'apt');
const advice = `the lab needs a kernel from Debian's ${suite}; where apt knows no Debian mirror, name one in ${mirrorVariable}, or give \`guesthead lab run\` a kernel of your own with --kernel`;

export const kernel = {
  name: 'kernel',
  isDone: () => {
    const stamp = join(kernelDir, 'release');
    if (!existsSync(stamp)) return false;
    return existsSync(join(kernelDir, 'lib/modules', readFileSync(stamp, 'utf8').trim(), 'vmlinuz'));
  },
  bring: bringKernel,
};

async function bringKernel(tell) {
  const partial = `${kernelDir}.partial`;
  const downloads = join(labDir, 'download');
  for (const folder of [partial, downloads, aptDir]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  tell(`reading the package lists of ${suite}`);
  await readLists();
  const { release, names } = await kernelPackages();
  tell(`downloading Linux ${release}`);
  await run(['apt-get', ...privateApt, 'download', ...names], { cwd: downloads, advice });
  tell(`unpacking Linux ${release}`);
  await unpackKernel(downloads, partial, release);
  rmSync(kernelDir, { recursive: true, force: true });
  renameSync(partial, kernelDir);
  for (const folder of [downloads, aptDir]) rmSync(folder, { recursive: true, force: true });
}

/** On the command line, where they win over whatever /etc/apt says; an empty status hides what the host has. */
const privateApt = Object.entries({
  'Dir::Etc::sourcelist': join(aptDir, 'sources.list'),
  'Dir::Etc::sourceparts': '/dev/null',
  'Dir::State': join(aptDir, 'state'),
  'Dir::State::lists': join(aptDir, 'lists'),
  'Dir::State::status': join(aptDir, 'status'),
  'Dir::Cache': join(aptDir, 'cache'),
  'APT::Architecture': 'amd64',
  'APT::Architectures': 'amd64',
  'Acquire::Languages': 'none',
  'APT::Update::Error-Mode': 'any',
  ...(process.getuid() === 0 && { 'APT::Sandbox::User': 'root' }), // _apt may not write in a checkout
}).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

/** From the first mirror that has the suite. */
async function readLists() {
  const failures = [];
  for (const site of await mirrors()) {
    for (const folder of ['state', 'lists/partial', 'cache/archives/partial'])
      mkdirSync(join(aptDir, folder), { recursive: true });
    writeFileSync(join(aptDir, 'status'), '');
    writeFileSync(join(aptDir, 'sources.list'), `deb [signed-by=${keyring}] ${site} ${suite} main\n`);
    const { status, output } = await attempt(['apt-get', ...privateApt, 'update']);
    if (status === 0) return;
    failures.push(output);
  }
  throw new SetupError(`no mirror gave the package lists of ${suite}`, { advice, output: failures.join('') });
}

/** The one asked for, then the Debian mirrors of this machine's own apt. */
async function mirrors() {
  if (!existsSync(keyring)) throw new SetupError(`${keyring} is missing`, { advice: 'install debian-archive-keyring' });
  const { stdout } = await attempt(['apt-get', 'indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  const own = stdout.split('\n').filter((site) => /\/debian\/?$/.test(site));
  const asked = process.env[mirrorVariable];
  return new Set([...(asked ? [asked] : []), ...own]);
}

/** The newest release, and its packages: one with everything, or an image that depends on its parts. */
async function kernelPackages() {
  const [image] = (await dependencies('linux-image-amd64')).filter((name) => /^linux-image-\d/.test(name));
  if (image === undefined) throw new SetupError(`${suite} has no linux-image-amd64`, { advice });
  const release = image.replace('linux-image-', '');
  const names = new Set([image]);
  for (const name of names)
    for (const other of await dependencies(name)) if (other.endsWith(`-${release}`)) names.add(other);
  return { release, names };
}

async function dependencies(name) {
  const text = await run(['apt-cache', ...privateApt, 'depends', '--important', name], { advice });
  return [...text.matchAll(/^[ |]*(?:Pre)?Depends: ([^<>\s]+)$/gm)].map(([, other]) => other);
}
