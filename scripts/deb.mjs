#!/usr/bin/env node
/**
 * `npm run deb [-- --arch x64|arm64]`: a Debian package of the command, with the packages that it needs in it. It is made
 * of what `npm pack` ships, and needs dpkg-deb alone.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeControl } from './package/debian/control.mjs';
import { fillTree } from './package/debian/tree.mjs';
import { architectures, targets } from './package/targets.mjs';
import { passThrough } from './pass-through.mjs';
import { alone } from './setup.mjs';
import { say, showing } from './setup/progress.mjs';
import { labDir, root, run } from './setup/run.mjs';

async function main() {
  const { values } = parseArgs({ options: { arch: { type: 'string', default: process.arch } } });
  if (!architectures.includes(values.arch)) {
    say(`no architecture called ${values.arch}; there are ${architectures.join(', ')}`);
    return 2;
  }
  const prebuild = [process.execPath, 'scripts/prebuild.mjs', '--arch', values.arch];
  const status = await passThrough(prebuild);
  if (status !== 0) return status;
  return (await alone(() => showing(`Debian package for ${values.arch}`, () => make(values.arch)))) ? 0 : 1;
}

async function make(arch) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const tree = join(labDir, 'deb', arch);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  await fillTree(tree, arch);
  const file = `guesthead_${version}_${targets[arch].debian}.deb`;
  await writeControl(tree, { version, architecture: targets[arch].debian });
  await run(['dpkg-deb', '--root-owner-group', '-Zxz', '--build', tree, join(root, file)]);
  say(`made ${file}`);
}

process.exitCode = await main();
