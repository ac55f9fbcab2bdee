/** Programs as a few files instead of hundreds: under emulation rxjs alone takes 1.8 s to load from its modules. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
  alias: {
    rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js'),
    'guesthead/transfer': join(root, 'src/transfer/index.ts'),
    'guesthead/kiosk': join(root, 'src/kiosk/public.ts'),
    'guesthead/wayland': join(root, 'src/wayland/public.ts'),
    guesthead: join(root, 'src/index.ts'),
  },
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
  const { outputFiles } = await build({
    ...options,
    write: false,
    entryPoints: [entry],
    outfile: file,
    splitting: false,
    format: 'cjs',
    // Read at each start, and carried by the package. Names stay, for the traces in bug reports; esbuild's own way to keep
    // them costs a call for each function that is made.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    packages: 'bundle',
    define: { 'import.meta.url': 'fileUrl' },
    alias: {
      ...options.alias,
      debug: join(root, 'scripts/setup/silent-debug.cjs'),
      // Its other form, UMD, requires its own files in a way that a bundler does not see.
      'jsonc-parser': join(root, 'node_modules/jsonc-parser/lib/esm/main.js'),
    },
    external: ['prom-client', 'uplot'],
    banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [addonsInPlace, ffiInside, commanderAlone],
  });
  mkdirSync(join(root, dirname(file)), { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, withoutModuleNames(text));
}

/**
 * Of each module esbuild makes an object with one method, named as its file is: to V8 each is another kind of object, and finding the place of
 * the 800th among those that begin like it takes a twentieth of a second in an emulated guest, for all of them.
 */
function withoutModuleNames(text) {
  return text.replace(/\b__(esm|commonJS)\(\{"[^"]+"\(/g, '__$1({module(');
}

/**
 * Test files as programs in `folder`, beside what they share; each file finds its own files where its source lies. `programs` names the
 * files of each. Several in one are suites of it, named as they are: so the hooks of one are not those of the others.
 */
export async function bundleTests(programs, folder) {
  const forTraces = { sourcemap: 'linked', sourcesContent: false };
  const entryPoints = Object.fromEntries(
    Object.entries(programs).map(([name, files]) => [name, files.length === 1 ? files[0] : `suites:${name}`]),
  );
  const plugins = [suitesOf(programs), inTheirPlaces];
  await build({ ...options, ...forTraces, alias: {}, entryPoints, outdir: folder, plugins });
}

/**
 * The text of a program whose source is not in a file, and which begins where the checkout does: each file in it finds its own where its
 * source lies.
 */
export async function bundleText(source) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    alias: {},
    splitting: false,
    write: false,
    plugins: [inTheirPlaces],
  });
  return outputFiles[0].text;
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
const addonsInPlace = replacing(
  'addons-in-place',
  /node_modules\/(ffi-napi|@makeomatic\/ref-napi)\/lib\/(bindings|ref)\.js$/,
  "require('node-gyp-build')(path.join(__dirname, '..'))",
  (path) => {
    const name = path.includes('/ref-napi/') ? '@makeomatic/ref-napi' : 'ffi-napi';
    const from = "{ paths: [require.resolve('ffi-napi')] }";
    return `require('node-gyp-build')(path.dirname(require.resolve('${name}/package.json', ${from})))`;
  },
);

/** What our own module requires when it needs it comes into the bundle, too: esbuild follows only a plain `require`. */
const ffiInside = replacing(
  'ffi-inside',
  /\/src\/ffi\/ffi-napi\.ts$/,
  'const require = createRequire(import.meta.url);',
  () => '',
);

/** Commander can start commands that are programs of their own; ours are not, and loading what starts them takes time at each start. */
const commanderAlone = replacing(
  'commander-alone',
  /node_modules\/commander\/lib\/command\.js$/,
  "require('node:child_process')",
  () => '{}',
);

/** What hangs in one file fails by its name; the suites after it run. */
const suiteMs = 180_000;

/** A program whose suites are test files. */
function suitesOf(programs) {
  const suites = (name) =>
    programs[name].map(
      (file) => `describe(${JSON.stringify(file)}, { timeout }, () => void require(${JSON.stringify(`./${file}`)}));\n`,
    );
  const contents = (name) =>
    `import { describe } from 'node:test';\nconst timeout = ${suiteMs};\n${suites(name).join('')}`;
  return {
    name: 'suites',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^suites:/ }, ({ path }) => ({ path: path.replace('suites:', ''), namespace: 'suites' }));
      onLoad({ filter: /./, namespace: 'suites' }, ({ path }) => ({ contents: contents(path), resolveDir: root }));
    },
  };
}

/** This file itself is loaded as it is, for it speaks of what is replaced. */
const inTheirPlaces = {
  name: 'in-their-places',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/bundle\.mjs$/ }, () => ({ path: fileURLToPath(import.meta.url), external: true }));
    onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const places = { 'import.meta.url': pathToFileURL(path).href, 'import.meta.filename': path };
      const contents = text.replace(/import\.meta\.(url|filename)/g, (word) => JSON.stringify(places[word]));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** Puts other words into the files that `filter` finds, each of which must have those expected. */
function replacing(name, filter, before, after) {
  const edit = ({ path }) => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes(before)) throw new Error(`${path} lacks what the bundle replaces: ${before}`);
    return { contents: text.replace(before, after(path)), loader: path.endsWith('.ts') ? 'ts' : 'js' };
  };
  return { name, setup: ({ onLoad }) => onLoad({ filter }, edit) };
}
