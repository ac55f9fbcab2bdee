#!/usr/bin/env node
/**
 * `npm run prebuild [-- --arch x64,arm64]`: what the package has compiled, the addon for each architecture and the lab's
 * tools, in native/prebuilds. `npm pack` calls it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prebuildAddon } from './package/addon.mjs';
import { ship } from './package/binary.mjs';
import { architectures, bringTools } from './package/targets.mjs';
import { alone, setup } from './setup.mjs';
import { say, showing } from './setup/progress.mjs';
import { root } from './setup/run.mjs';

const toolsFolder = join(root, 'native/prebuilds/lab-linux-x64');

async function main() {
  const { values } = parseArgs({ options: { arch: { type: 'string' } } });
  const wanted = values.arch?.split(',') ?? architectures;
  const unknown = wanted.filter((arch) => !architectures.includes(arch));
  if (unknown.length > 0) {
    say(`no architecture called ${unknown.join(', ')}; there are ${architectures.join(', ')}`);
    return 2;
  }
  if (!(await setup({ only: ['packages', 'modules', 'addon', 'build'] }))) return 1;
  return (await alone(() => prebuild(wanted))) ? 0 : 1;
}

async function prebuild(wanted) {
  for (const arch of wanted) {
    await showing(`addon for ${arch}`, async (tell) => {
      await bringTools(arch, tell);
      await prebuildAddon(arch, tell);
    });
  }
  if (process.arch === 'x64') await showing("the lab's tools", shipTools); // the lab's guest is an x86-64
}

/** Those of older sources are not shipped. */
async function shipTools() {
  const { toolsToShip } = await import('../dist/lab/tools.js');
  rmSync(toolsFolder, { recursive: true, force: true });
  for (const { from, to } of await toolsToShip()) await ship(process.arch, from, to);
}

process.exitCode = await main();
