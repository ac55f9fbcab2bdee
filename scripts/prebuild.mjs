#!/usr/bin/env node
/**
 * `npm run prebuilds [-- --arch x64,arm64] [--local]`: what the package has compiled, the addon for each architecture and
 * the lab's tools, in native/prebuilds. `npm pack` calls it. With --local they are for this machine alone, and may need as
 * new a C library as it has.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prebuildAddon } from './package/addon.mjs';
import { ship } from './package/binary.mjs';
import { architectures, bringTools, oldestGlibc } from './package/targets.mjs';
import { alone, setup } from './setup.mjs';
import { say, showing } from './setup/progress.mjs';
import { root } from './setup/run.mjs';

const toolsFolder = join(root, 'native/prebuilds/lab-linux-x64');

async function main() {
  const { values } = parseArgs({ options: { arch: { type: 'string' }, local: { type: 'boolean', default: false } } });
  const wanted = values.local ? [process.arch] : (values.arch?.split(',') ?? architectures);
  const unknown = wanted.filter((arch) => !architectures.includes(arch));
  if (unknown.length > 0) {
    say(`no architecture called ${unknown.join(', ')}; there are ${architectures.join(', ')}`);
    return 2;
  }
  if (!(await setup({ only: ['packages', 'modules', 'addon', 'build'] }))) return 1;
  return (await alone(() => prebuild(wanted, values.local ? undefined : oldestGlibc))) ? 0 : 1;
}

/** `glibc`: the C library that all of it must run with, or undefined for that of this machine. */
async function prebuild(wanted, glibc) {
  for (const arch of wanted) {
    await showing(`addon for ${arch}`, async (tell) => {
      await bringTools(arch, tell);
      await prebuildAddon(arch, glibc, tell);
    });
  }
  // The lab's guest is an x86-64.
  if (process.arch === 'x64') await showing("the lab's tools", () => shipTools(glibc));
}

/** What is there already stays, for a lab may be about to read it; those of older sources are not shipped. */
async function shipTools(glibc) {
  const { toolsToShip } = await import('../dist/lab/tools.js');
  const tools = await toolsToShip();
  for (const { from, to } of tools) if (!existsSync(to)) await ship(process.arch, from, to, glibc);
  const old = readdirSync(toolsFolder).map((name) => join(toolsFolder, name));
  for (const path of old) if (!tools.some(({ to }) => to === path)) rmSync(path);
}

process.exitCode = await main();
