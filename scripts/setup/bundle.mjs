/** Programs as a few files instead of hundreds: under emulation rxjs alone takes 1.8 s to load from its modules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildSync } from 'esbuild';
import { root } from './run.mjs';

const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js'), guesthead: join(root, 'src/index.ts') },
  logLevel: 'error',
};

/** `entries` as output name → source, all relative to the checkout; what they share is shared. Packages but rxjs stay outside. */
export function bundle(entries, folder) {
  buildSync({ ...options, entryPoints: entries, outdir: folder });
}

/**
 * One file, with the packages in it: those that are optional, or read as files, stay outside. What is imported when it
 * is needed is in the file, too, and evaluated then. A CommonJS module: Node loads twenty ES modules, one after the
 * other, in more time than this one takes to be read.
 */
export async function bundleWhole(entry, file) {
  await build({
    ...options,
    entryPoints: [entry],
    outfile: file,
    splitting: false,
    format: 'cjs',
    packages: 'bundle',
    define: { 'import.meta.url': 'fileUrl' },
    alias: { ...options.alias, debug: join(root, 'scripts/setup/silent-debug.cjs') },
    external: ['prom-client', 'uplot'],
    banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [addonsInPlace, commanderAlone],
  });
}

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

/** A package finds its compiled half beside its own sources; bundled, it asks where the package is. */
const addonsInPlace = {
  name: 'addons-in-place',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/(ffi-napi|@makeomatic\/ref-napi)\/lib\/(bindings|ref)\.js$/ }, ({ path }) => {
      const name = path.includes('/ref-napi/') ? '@makeomatic/ref-napi' : 'ffi-napi';
      const from = "{ paths: [require.resolve('ffi-napi')] }";
      const folder = `path.dirname(require.resolve('${name}/package.json', ${from}))`;
      const before = "require('node-gyp-build')(path.join(__dirname, '..'))";
      const text = readFileSync(path, 'utf8');
      if (!text.includes(before)) throw new Error(`${path} does not load its addon as it did`);
      return { contents: text.replace(before, `require('node-gyp-build')(${folder})`) };
    });
  },
};

/** Commander can start commands that are programs of their own; ours are not, and loading what starts them takes time at each start. */
const commanderAlone = {
  name: 'commander-alone',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/commander\/lib\/command\.js$/ }, ({ path }) => {
      const before = "require('node:child_process')";
      const text = readFileSync(path, 'utf8');
      if (!text.includes(before)) throw new Error(`${path} does not load child_process as it did`);
      return { contents: text.replace(before, '{}') };
    });
  },
};
