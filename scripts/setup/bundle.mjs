/** Programs as a few files instead of hundreds: under emulation a start from the modules takes 2 s longer, rxjs most of it. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from './run.mjs';

/** A script for a browser as one file; what it does not import, it finds in the page. */
export function bundleForPage(entry, file) {
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome110', 'firefox110', 'safari16'],
    logLevel: 'error',
  });
}

/** `entries` as output name → source, all relative to the checkout; what they share is shared. */
export function bundle(entries, folder) {
  buildSync({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external', // native ones must stay outside, and their helpers with them
    alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js'), guesthead: join(root, 'src/index.ts') },
    logLevel: 'error',
  });
}
