/** What `npm test` runs, by group: a static check is a command, a test group a folder of node:test files. */
import { rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { root } from '../setup/run.mjs';
import { filesUnder } from '../setup/stamp.mjs';
import { addonProgramOf } from './addon-programs.mjs';

const minutes = 60_000;
const cFiles = () => [
  ...filesUnder('native', ['.cc', '.h']),
  ...['src/lab', 'test/lab/tools', 'test/bench/tools', 'test/wlcs', 'test/kiosk'].flatMap((folder) =>
    filesUnder(folder, ['.c', '.h']),
  ),
];
const existing = (...folders) => folders.filter((folder) => filesUnder(folder, ['.ts']).length > 0);

const lint = [
  ['oxfmt', 'oxfmt/bin/oxfmt', () => ['--check', '.']],
  ['oxlint', 'oxlint/bin/oxlint', () => ['--deny-warnings']],
  [
    'dependency-cruiser',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    () => ['--output-type', 'err-long', ...existing('src', 'test', 'examples')],
  ],
  ['tsc', 'typescript-native/bin/tsc', () => ['--noEmit']],
  ['tsc of the page', 'typescript-native/bin/tsc', () => ['--noEmit', '-p', 'src/report/html/client']],
].map(([name, path, args]) => ({
  name,
  command: () => [process.execPath, `node_modules/${path}`, ...args()],
  limitMs: 15 * minutes,
}));

lint.push({
  name: 'clang-format',
  command: () => ['clang-format', '--dry-run', '--Werror', ...cFiles()],
  limitMs: minutes,
});

/**
 * The tests of a folder, or those of its files that `takes` accepts; `options` go to Node's test runner. They are made ready for plain
 * Node at once: tsx takes more time than most of them take to run, in each file's process anew. `programOf` names the process of a
 * file below the folder: to start one takes as long as most of them take to run.
 */
function testsIn(folder, limitMs, { name = folder, takes = () => true, options = [], programOf = itself } = {}) {
  const base = `test/${folder}`;
  const files = filesUnder(base, ['.test.ts']).filter((file) => takes(basename(file)));
  const target = `.lab/bundled/${name}`;
  const command = async (reporters, chosen = files) => {
    const { bundleTests } = await import('../setup/bundle.mjs'); // needs the set-up
    rmSync(join(root, target), { recursive: true, force: true });
    const programs = groupBy(chosen, (file) => programOf(relative(base, file)));
    await bundleTests(programs, target);
    const bundled = Object.keys(programs).map((program) => join(target, `${program}.js`));
    return [process.execPath, '--enable-source-maps', '--test', ...options, ...reporters, ...bundled];
  };
  return { name, files, limitMs, command };
}

const itself = (file) => file.replace(/\.ts$/, '');
const groupBy = (files, key) => {
  const groups = {};
  for (const file of files) (groups[key(file)] ??= []).push(file);
  return groups;
};

const oneByOne = { options: ['--test-concurrency=1'] };
/** Each program of tests has so long, so that one that hangs costs no other. */
const within = (limitMs) => `--test-timeout=${limitMs}`;

/** Judge neither a pace nor who comes first, so that their guest may wait for the processor. */
const isPatient = (file) =>
  /^(command|documents|.*examples|gl|hang|host.*|probe|restore|transfer-udmabuf)\.test\.ts$/.test(file);

/** One guest at a time, of one processor (usualCpus in src/lab/machine.ts says why). */
function labTests(name, takes) {
  const options = [...oneByOne.options, within(10 * minutes)];
  return { ...testsIn('lab', 40 * minutes, { name, takes, options }), env: { GUESTHEAD_LAB_CPUS: '1' } };
}

/** Limits are for what hangs: a patient check takes several times as long beside the lab, five minutes on a busy machine. */
export const groups = {
  lint,
  unit: [
    testsIn('unit', 20 * minutes, {
      programOf: (file) => join(dirname(file), 'tests'),
      options: [within(10 * minutes)],
    }),
  ],
  // All of it once more under sanitizers is one of its files.
  addon: [
    testsIn('addon', 30 * minutes, { programOf: addonProgramOf, options: ['--expose-gc', within(25 * minutes)] }),
  ],
  contract: [testsIn('contract', 15 * minutes)],
  package: [testsIn('package', 15 * minutes)],
  browser: [testsIn('browser', 15 * minutes)],
  // Mesa's software renderer draws on threads of its own; GUESTHEAD_GL_NODE names a GPU to draw with instead.
  gl: [{ ...testsIn('gl', 15 * minutes, oneByOne), note: /(drawn by .*)$/m }],
  // The counts stand beside: WLCS is one test here. Its own tests have ten seconds each.
  wlcs: [{ ...testsIn('wlcs', 5 * minutes), note: /(WLCS .* pass .*)$/m, patient: false }],
  // Two guests at a time, one of which waits for the other. The first is shown as it goes, because it takes minutes.
  lab: [
    { ...labTests('lab', (file) => !isPatient(file)), live: true, patient: false },
    labTests('patient-lab', isPatient),
  ],
};
