/**
 * Step "kernel": an unmodified Debian kernel for the lab's guest, in the user's cache.
 * It comes from the Debian mirror that this machine's apt already uses, through lists and
 * a folder of our own, checked with the Debian archive keyring like any package.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDebian } from './apt.mjs';
import { cacheDir, kernelDir } from './cache.mjs';
import { withLock } from './lock.mjs';
import { say } from './progress.mjs';
import { SetupError, attempt, run } from './run.mjs';
import { unpackKernel } from './unpack.mjs';

const suite = 'trixie-backports';
/** A Debian mirror for machines whose own apt knows none, such as Ubuntu's. */
const mirrorVariable = 'GUESTHEAD_DEBIAN_MIRROR';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const aptDir = join(cacheDir, 'apt');
const downloadDir = join(cacheDir, 'download');
const advice = `the lab needs a kernel from Debian's ${suite}; where apt knows no Debian mirror, name one in ${mirrorVariable}, or give \`guesthead lab run\` a kernel of your own with --kernel`;

export const kernel = {
  name: 'kernel',
  isDone: () => {
    const stamp = join(kernelDir, 'release');
    if (!existsSync(stamp)) return false;
    return existsSync(join(kernelDir, 'lib/modules', readFileSync(stamp, 'utf8').trim(), 'vmlinuz'));
  },
  async bring(tell) {
    if (!isDebian()) throw new SetupError("apt, which the lab's kernel comes with, is not here", { advice });
    mkdirSync(cacheDir, { recursive: true });
    const waiting = () => tell('waiting for another set-up of the lab');
    await withLock(cacheDir, async () => kernel.isDone() || (await bringKernel(tell)), waiting);
  },
};

/** A download that was cut off goes on where it ended; the lists, which are small, are read anew. */
async function bringKernel(tell) {
  const partial = `${kernelDir}.partial`;
  for (const folder of [partial, aptDir]) rmSync(folder, { recursive: true, force: true });
  tell(`reading the package lists of ${suite}`);
  await readLists();
  const { release, names } = await kernelPackages();
  const downloads = join(downloadDir, release);
  keepOnly(downloads);
  await download(release, names, downloads, tell);
  tell(`unpacking Linux ${release}`);
  await unpackKernel(downloads, partial, release);
  rmSync(kernelDir, { recursive: true, force: true });
  renameSync(partial, kernelDir);
  for (const folder of [downloadDir, aptDir]) rmSync(folder, { recursive: true, force: true });
}

/** What an older release left half-downloaded is of no use. */
function keepOnly(downloads) {
  mkdirSync(downloads, { recursive: true });
  for (const name of readdirSync(downloadDir))
    if (join(downloadDir, name) !== downloads) rmSync(join(downloadDir, name), { recursive: true });
}

async function download(release, names, folder, tell) {
  const size = `${Math.round((await sizeOf(names)) / 1e6)} MB`;
  say(`fetching Linux ${release} from Debian's ${suite}: ${size}, of which 80 MB stay, unpacked, in ${kernelDir}`);
  const showPercent = (line) => {
    const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
    if (process.stderr.isTTY && percent) tell(`downloading Linux ${release}, ${Math.floor(percent)} % of ${size}`);
  };
  tell(`downloading Linux ${release}`);
  const command = ['apt-get', ...privateApt, '-o', 'APT::Status-Fd=3', 'download', ...names];
  await run(command, { cwd: folder, advice, onStatus: showPercent });
}

async function sizeOf(names) {
  const text = await run(['apt-cache', ...privateApt, 'show', '--no-all-versions', ...names], { advice });
  return [...text.matchAll(/^Size: (\d+)$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
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
