/** What the lab's set-up brings is kept for the user, not for a checkout or a version: `cacheDir` in src/lab/paths.ts is the same. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const asked = process.env.XDG_CACHE_HOME ?? '';

export const cacheDir = join(isAbsolute(asked) ? asked : join(homedir(), '.cache'), 'guesthead/lab');

/** The number goes up whenever more is taken out of the kernel's packages: an older guesthead finds its own still there. */
export const kernelDir = join(cacheDir, 'kernel-3');
