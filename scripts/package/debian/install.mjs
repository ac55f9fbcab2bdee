/** The npm package, installed in a folder with what it depends on, for one architecture. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rebuildAddon } from '../../setup/checkout.mjs';

import { root, run } from '../../setup/run.mjs';
import { ship } from '../binary.mjs';
import { compilersFor, oldestGlibc } from '../targets.mjs';

export async function installPackage(folder, arch) {
  await unpackPackage(folder);
  await installDependencies(folder);
  for (const name of ['@makeomatic/ref-napi', 'ffi-napi'])
    await compileUnlessPrebuilt(join(folder, 'node_modules', name), arch);
  await leaveOut(folder, arch);
}

async function unpackPackage(folder) {
  mkdirSync(folder, { recursive: true });
  const temporary = mkdtempSync(join(tmpdir(), 'guesthead-deb-'));
  try {
    await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', temporary]);
    const [tarball] = readdirSync(temporary);
    await run(['tar', '-xzf', join(temporary, tarball), '-C', folder, '--strip-components=1', '--no-same-owner']);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Of the very versions that the checkout is tested with. */
async function installDependencies(folder) {
  const lock = join(folder, 'package-lock.json');
  copyFileSync(join(root, 'package-lock.json'), lock);
  const omitted = ['dev', 'optional', 'peer'].map((kind) => `--omit=${kind}`);
  await run(['npm', 'ci', ...omitted, '--ignore-scripts', '--prefer-offline', '--no-progress'], { cwd: folder });
  for (const path of [lock, join(folder, 'node_modules/.package-lock.json')]) rmSync(path);
}

/** ffi-napi and ref-napi have nothing for arm64. */
async function compileUnlessPrebuilt(folder, arch) {
  const prebuilt = join(folder, 'prebuilds', `linux-${arch}`);
  if (readdirSync(join(folder, 'prebuilds')).includes(`linux-${arch}`)) return;
  const link = { LDFLAGS: '-static-libstdc++ -Wl,--exclude-libs,ALL -Wl,--gc-sections' };
  await rebuildAddon(folder, [`--arch=${arch}`], { ...compilersFor(arch), ...link });
  const release = join(folder, 'build/Release');
  const made = readdirSync(release).find((name) => name.endsWith('.node'));
  await ship(arch, join(release, made), join(prebuilt, 'node.napi.node'), oldestGlibc);
  rmSync(join(folder, 'build'), { recursive: true });
}

/** What is for other machines, and what only compiles or explains what is compiled already. */
async function leaveOut(folder, arch) {
  const parts = ['deps', 'src', 'test', 'example', 'prebuilds.zip'].map((part) => `ffi-napi/${part}`);
  for (const path of [...parts, 'rxjs/src', '.bin']) rmSync(join(folder, 'node_modules', path), { recursive: true });
  for (const path of filesIn(folder)) if (isLeftOut(path, arch)) rmSync(path);
  await run(['find', folder, '-type', 'd', '-empty', '-delete']);
}

/** The lab's own C sources stay, headers too: they tell whether what is compiled of them is up to date. */
export function isLeftOut(path, arch) {
  const prebuiltFor = /\/prebuilds\/([^/]+)\//.exec(path)?.[1];
  if (prebuiltFor !== undefined && ![`linux-${arch}`, `lab-linux-${arch}`].includes(prebuiltFor)) return true;
  if (/\/(\.[^/]+|appveyor\.yml)$/.test(path)) return true;
  if (path.includes('/src/lab/guest/') || /\/licen[cs]e[^/]*$/i.test(path)) return false;
  return /\.(map|md|markdown|cc|h|gyp|gypi)$/i.test(path);
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
