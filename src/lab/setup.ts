/**
 * Brings the programs and the kernel that the lab needs. The work is scripts/setup/lab.mjs, in the package as it is: the set-up
 * of a checkout takes the same steps before there is a build.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { fitHostKernel } from './kernel/host.js';
import type { KernelWishes } from './kernel/locate.js';

interface SetupScript {
  setUpLab(options: { withKernel: boolean }): Promise<void>;
}

/** What its steps throw: `lastLines` is what a program said before it failed. */
interface SetupFailure extends Error {
  readonly advice?: string;
  readonly lastLines?: string;
}

/** Not by import(), which a function from V8's code cache (src/cli/start.ts) cannot do. */
const require = createRequire(import.meta.url);

/** Does nothing where nothing is missing. Tells on standard error what it fetches, how large and where to, before it does. */
export async function setUpLab({ kernel }: KernelWishes = {}): Promise<void> {
  const script = require(join(packageRoot, 'scripts/setup/lab.mjs')) as SetupScript;
  try {
    await script.setUpLab({ withKernel: kernel === undefined && fitHostKernel() === undefined });
  } catch (cause) {
    const { message, advice, lastLines = '' } = cause as SetupFailure;
    throw new GuestheadError('ERR_LAB', [lastLines, message].filter(Boolean).join('\n'), { cause, advice });
  }
}
