/** A stamp is a file beside what was made; it holds the digest of what it was made from. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/** The files under `folder` (relative to the checkout) with one of these extensions; those of build folders are not ours. */
export function filesUnder(folder, extensions) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return /^build\b/.test(entry.name) ? [] : filesUnder(path, extensions);
      return extensions.some((extension) => path.endsWith(extension)) ? [path] : [];
    })
    .sort();
}

/** Changes when a file is added, renamed, removed or edited, or one of `facts` changes. */
export function digestOf(files, ...facts) {
  const hash = createHash('sha256').update(JSON.stringify([files, facts]));
  for (const file of files) hash.update('\0').update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

export function isStamped(stamp, digest) {
  const path = join(root, stamp);
  return existsSync(path) && readFileSync(path, 'utf8') === digest;
}

/** To be called last: what has no stamp is not finished. */
export function putStamp(stamp, digest) {
  writeFileSync(join(root, stamp), digest);
}
