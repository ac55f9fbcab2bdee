#!/usr/bin/env node
/** `npm run generate`: writes what is made of the sources and published with the package; see generate/files.mjs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generate/files.mjs';
import { root } from './setup/run.mjs';

for (const [path, text] of Object.entries(await generatedFiles())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path);
}
