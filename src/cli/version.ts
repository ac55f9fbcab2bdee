/** What `guesthead --version` says: enough of the installation for a report. */
import type * as childProcess from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { addonFile } from '../native/index.js';
import { packageRoot, packageVersion } from '../package-root.js';

const require = createRequire(import.meta.url);

/** The first line alone says the version, for programs. */
export function versionLines(): string[] {
  const { version, platform, arch } = process;
  return [
    `guesthead ${packageVersion()}`,
    `Node ${version} on ${platform}-${arch}`,
    `addon ${describeAddon(addonFile())}`,
    ...revision(packageRoot).map((name) => `revision ${name}`),
  ];
}

function describeAddon(file: string | undefined): string {
  if (file === undefined) return 'missing';
  const path = relative(packageRoot, file);
  return path.includes('prebuilds') ? `prebuilt, ${path}` : `built here, ${path}`;
}

/** Of a checkout, with `-dirty` where something is changed; none where it is no checkout, or there is no git. */
function revision(folder: string): string[] {
  if (!existsSync(join(folder, '.git'))) return [];
  try {
    // Every command would load it at its start, for this one's sake.
    const { execFileSync } = require('node:child_process') as typeof childProcess;
    const args = ['-C', folder, 'describe', '--always', '--dirty', '--exclude', '*'];
    return [execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()];
  } catch {
    return [];
  }
}
