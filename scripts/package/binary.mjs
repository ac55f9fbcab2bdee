/** A compiled file on its way into the package: without what only a debugger reads, and free of newer systems' symbols. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError, run } from '../setup/run.mjs';
import { toolFor } from './targets.mjs';

/** Strips `from` into `to`, which is whole or not there. Rejects where the result would not run with that C library, if one is named. */
export async function ship(arch, from, to, glibc) {
  mkdirSync(dirname(to), { recursive: true });
  const unfinished = `${to}.${process.pid}`;
  try {
    await run([toolFor(arch, 'strip'), '-o', unfinished, from]);
    if (glibc !== undefined) refuseNewer(from, await symbolsNeeded(arch, unfinished), glibc);
    renameSync(unfinished, to);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

async function symbolsNeeded(arch, file) {
  const text = await run([toolFor(arch, 'objdump'), '-p', file]);
  return [...text.matchAll(/^\s+0x\w+ 0x\w+ \d+ (\w+_[\d.]+)$/gm)].map(([, version]) => version);
}

/** `GLIBC_2.36` → refused; any of libstdc++ too, for it is to be linked in. */
function refuseNewer(file, versions, glibc) {
  const isNew = (version) =>
    version.startsWith('GLIBC_') ? isAfter(version.slice(6), glibc) : /^(GLIBCXX|CXXABI)_/.test(version);
  const refused = versions.filter(isNew);
  if (refused.length === 0) return;
  throw new SetupError(`${file} needs ${refused.join(', ')}, and the package promises glibc ${glibc}`, {
    advice:
      'make the package on Debian 12, whose compiler and libraries are old enough; for this machine alone, npm run prebuilds -- --local',
  });
}

function isAfter(one, other) {
  return one.localeCompare(other, 'en', { numeric: true }) > 0;
}
