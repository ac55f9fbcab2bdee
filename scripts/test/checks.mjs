/** What `npm test` runs, by group: a static check is a command, a test group a folder of node:test files. */
import { filesUnder } from '../setup/stamp.mjs';

const minutes = 60_000;
const cFiles = () => [
  ...filesUnder('native', ['.cc', '.h']),
  ...['src/lab', 'test/lab/tools', 'test/bench/tools'].flatMap((folder) => filesUnder(folder, ['.c', '.h'])),
];
const existing = (...folders) => folders.filter((folder) => filesUnder(folder, ['.ts']).length > 0);

const cached = (name) => ['--cache', '--cache-location', `.lab/${name}`];
const incremental = ['--incremental', '--tsBuildInfoFile', '.lab/tsc.tsbuildinfo'];

const lint = [
  ['prettier', 'prettier/bin/prettier.cjs', () => ['--check', '--log-level', 'warn', '.']],
  ['eslint', 'eslint/bin/eslint.js', () => ['--max-warnings', '0', ...cached('eslintcache'), '.']],
  [
    'dependency-cruiser',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    () => ['--output-type', 'err-long', ...existing('src', 'test', 'examples')],
  ],
  ['tsc', 'typescript/bin/tsc', () => ['--noEmit', ...incremental]],
  ['tsc of the page', 'typescript/bin/tsc', () => ['--noEmit', '-p', 'src/report/html/client']],
].map(([name, path, args]) => ({
  name,
  command: () => [process.execPath, `node_modules/${path}`, ...args()],
  limitMs: 5 * minutes,
}));

lint.push({
  name: 'clang-format',
  command: () => ['clang-format', '--dry-run', '--Werror', ...cFiles()],
  limitMs: minutes,
});

/** `options` go to Node's test runner. */
function testsIn(name, limitMs, options = []) {
  const files = filesUnder(`test/${name}`, ['.test.ts']);
  const runner = [process.execPath, '--import', 'tsx', '--test', ...options];
  return { name, files, limitMs, command: (reporters) => [...runner, ...reporters, ...files] };
}

export const groups = {
  lint,
  unit: [testsIn('unit', 5 * minutes)],
  addon: [testsIn('addon', 10 * minutes)],
  contract: [testsIn('contract', 5 * minutes)],
  package: [testsIn('package', 5 * minutes)],
  browser: [testsIn('browser', 5 * minutes)],
  // Mesa's software renderer draws on threads of its own; GUESTHEAD_GL_NODE names a GPU to draw with instead.
  gl: [{ ...testsIn('gl', 5 * minutes, ['--test-concurrency=1']), note: /(drawn by .*)$/m }],
  // One guest at a time: two on two cores take 2.7 times as long each. Shown as they go, because they take minutes.
  lab: [{ ...testsIn('lab', 25 * minutes, ['--test-concurrency=1']), live: true }],
};
