/** Where the package lies: its addon, its sources and its set-up are found from here. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder upwards with a package.json: of `src`, of `dist`, and of a bundle in either. */
export const packageRoot = rootOf(dirname(fileURLToPath(import.meta.url)));

function rootOf(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  return rootOf(dirname(folder));
}
