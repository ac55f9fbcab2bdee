/** The addon under test: the checkout's own build, or the sanitized one that sanitizers.test.ts points to. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative } from '../../../src/native/index.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Names the folder whose `build/Release` holds the addon. */
export const folderVariable = 'GUESTHEAD_TEST_ADDON';
export const addonFolder = process.env[folderVariable] ?? join(root, 'native');
export const sanitized = process.env[folderVariable] !== undefined;

export const native = loadNative(addonFolder);

/** For scripts that run without TypeScript, in a worker or a child: makes `native`. */
export const loadScript = `const native = require(${JSON.stringify(join(root, 'node_modules/node-gyp-build'))})(${JSON.stringify(addonFolder)});`;
