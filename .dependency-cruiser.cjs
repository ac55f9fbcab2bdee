/**
 * Who may import whom: DESIGN.md's arrows, and each folder's index.ts its only door.
 *
 *   cli → {kiosk, lab, host, report, probe} → head → {loop, gpus → {kms, buffer} → device → {ffi, native}} → errors
 *
 * Types count as imports too: a layer that needs another's types knows that layer.
 */

/** Needed by all, importing nothing of the project. */
const ground = [
  ...['errors', 'owner', 'durations', 'package-root', 'temporary-folder'],
  ...['arguments', 'declare', 'lists', 'pci-address', 'addon-missing'],
];
const system = ['ffi', 'native'];
/** Below the heads: a client's way to the screen, the lower stages of which are usable alone. */
const stages = ['loop', 'gpus', 'kms', 'buffer', 'device'];
const display = ['head', 'gl', ...stages];
/** Each loaded by itself, where it was asked for. */
const reports = ['report', 'report/trace', 'report/metrics', 'report/kiosk', 'report/compare'];

/** What comes from elsewhere, and where it goes. */
const received = ['transfer', 'sinks'];

/** What each folder or file of src/ may import from the others, beside the ground. */
const arrows = {
  errors: [],
  owner: [],
  durations: [],
  lists: [],
  'package-root': [],
  'temporary-folder': ['errors'],
  'pci-address': [],
  'addon-missing': ['errors', 'package-root'],
  arguments: ['errors'],
  declare: ['arguments', 'errors'],
  native: [],
  ffi: [],
  device: system,
  buffer: ['device', ...system],
  kms: ['device', ...system],
  gl: ['buffer', 'device', ...system],
  gpus: ['kms', 'buffer', 'device', ...system, 'native/sync'],
  // The loop knows no kernel: of `buffer` it has the chain of slots.
  loop: ['buffer'],
  head: ['gl', ...stages, ...system],
  render: [],
  // What the render GPU draws, as the CPU's patterns are in `render`.
  'gl-patterns': ['gl', 'buffer', 'native', 'loop', 'render'],
  ipc: ['native'],
  wayland: ['native/wayland', 'native'],
  // Of `device` it has the kernel's uevents, and what an open that failed means.
  input: ['native/input', 'device', ...system],
  // The seat of whoever may use the display and the input devices: a kernel whose nodes a daemon opens.
  session: ['native/session', 'device', ...system],
  probe: [...display, ...system, 'input', 'session'],
  // Of a kiosk it has the types alone.
  report: [...display, 'native', 'render', 'kiosk'],
  'report/metrics': [...display, 'kiosk'],
  'report/compare': [],
  // QEMU's machine protocol; the addon carries descriptors over it.
  qmp: ['native'],
  lab: ['render', 'qmp', 'host', 'transfer', 'sinks', 'native'],
  host: ['render', 'qmp', 'transfer', 'sinks', ...system],
  testing: ['device', ...system, 'native/sync'],
  // Pictures, films and judgements of what was received, for `host receive` and its like.
  sinks: ['render', 'ffi'],
  transfer: [...display, 'ipc', 'qmp', 'native/port', ...system],
  kiosk: [
    ...display,
    ...system,
    'render',
    'wayland',
    'input',
    'session',
    'native/paint',
    'native/input',
    'native/session',
    'native/process',
    'native/sync',
  ],
  cli: [
    ...display,
    'native',
    'kiosk',
    'input',
    'session',
    'lab',
    'host',
    ...reports,
    ...received,
    'render',
    'gl-patterns',
    'probe',
  ],
  index: [...display, 'native', 'ipc', 'render', 'probe'],
};

/**
 * Beside the doors: what options are declared as and choose from, which the command names before it loads anything.
 * They import only each other, so that naming them loads nothing.
 */
const declared = '[a-z-]+/(declared|choices)\\.ts$';

/** `device` → its door `src/device/index.ts`; `native` and `errors` are single files. */
const door = (name) => `${name}(/index)?\\.ts$`;

const arrowRules = Object.entries(arrows).map(([name, others]) => {
  const allowed = [
    ...[...others, ...(ground.includes(name) ? [] : ground)].map(door),
    ...(['cli', 'probe', 'head', 'kiosk'].includes(name) ? [declared] : []),
  ];
  return {
    name: `arrows-of-${name}`,
    comment: `src/${name} may import ${others.join(', ') || 'nothing'} through its door (and ${ground.join(', ')})`,
    severity: 'error',
    from: { path: `^src/${name}(/|\\.ts$)` },
    to: { path: '^src/', pathNot: [`^src/${name}/`, ...allowed.map((path) => `^src/${path}`)] },
  };
});

/** The package itself and its types. */
const inModules = (name) => `(^|/)node_modules/(@types/)?(${name})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrowRules,
    {
      name: 'declared-loads-nothing',
      comment: 'but the errors and what else is declared; types are not loaded',
      severity: 'error',
      from: { path: `^src/(declare\\.ts$|${declared})` },
      to: {
        path: '^src/',
        pathNot: `^src/(errors\\.ts$|arguments\\.ts$|declare\\.ts$|${declared})`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'known-folders-only',
      comment: 'a new folder or file of src/ is given its arrows above first',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(arrows).join('|')})(/|\\.ts$)` },
      to: {},
    },
    {
      name: 'not-to-tests-or-examples',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|examples|scripts)/' },
    },
    {
      name: 'examples-by-name',
      comment: 'an example imports the package by its name, as a user would',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^(src|test|scripts)/' },
    },
    {
      name: 'ffi-napi-only-in-ffi',
      severity: 'error',
      from: { path: '^(src|examples)/', pathNot: '^src/ffi/' },
      to: { path: inModules('ffi-napi|@makeomatic/ffi-napi|ref-napi') },
    },
    {
      name: 'addon-only-in-native',
      severity: 'error',
      // The start loads it before it has any other module.
      from: { path: '^(src|examples)/', pathNot: '^src/(native/index|cli/start)\\.ts$' },
      to: { path: inModules('node-gyp-build') },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'declared-dependencies-only',
      comment: 'what src/ imports, types included, must come with the package: no devDependency',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer'], // optional ones are development's too
      },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
