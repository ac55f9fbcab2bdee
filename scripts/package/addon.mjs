/** The addon, prebuilt: where node-gyp-build looks for it. Node-API makes one file do for every version of Node. */
import { existsSync, mkdirSync, rmSync, symlinkSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { addon, addonFile, rebuildAddon } from '../setup/checkout.mjs';
import { filesUnder, digestOf, isStamped, putStamp } from '../setup/stamp.mjs';
import { root } from '../setup/run.mjs';
import { ship } from './binary.mjs';
import { compilersFor } from './targets.mjs';

/** The tags say what the file needs: libuv's first interface, which it calls, and glibc, so that another C library's user is told to compile it. */
export const prebuiltAddon = (arch) => `native/prebuilds/linux-${arch}/guesthead.uv1.glibc.node`;

/** This machine's own is what the checkout's tests run on, stripped; another's is compiled in a folder of its own. */
export async function prebuildAddon(arch, glibc, tell) {
  const made = arch === process.arch ? await buildHere(tell) : await crossBuild(arch, tell);
  await ship(arch, join(root, made), join(root, prebuiltAddon(arch)), glibc);
}

async function buildHere(tell) {
  if (!addon.isDone()) await addon.bring(tell);
  return addonFile;
}

async function crossBuild(arch, tell) {
  const folder = `.lab/prebuild/${arch}`;
  const made = join(folder, 'build/Release/guesthead.node');
  const stamp = join(folder, 'stamp');
  const digest = digestOf(['native/binding.gyp', ...filesUnder('native', ['.cc', '.h'])], arch);
  if (existsSync(join(root, made)) && isStamped(stamp, digest)) return made;
  tell(`compiling for ${arch}`);
  linkSources(folder);
  await rebuildAddon(folder, [`--arch=${arch}`], compilersFor(arch));
  putStamp(stamp, digest);
  return made;
}

/** node-gyp knows only one build folder, the one beside binding.gyp. */
function linkSources(folder) {
  const at = join(root, folder);
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  const sources = readdirSync(join(root, 'native')).filter((name) => !/^(prebuilds|build\b)/.test(name));
  for (const name of sources) symlinkSync(relative(at, join(root, 'native', name)), join(at, name));
}
