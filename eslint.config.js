import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** No file or function so long that it must be scrolled to be understood. */
const sizes = {
  'max-lines': ['error', { max: 260, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
};

/** What every file keeps to; the type-aware rules come on top for TypeScript. */
const plainRules = {
  ...sizes,
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'object-shorthand': 'error',
  'no-else-return': 'error',
};

/** The part of ESLint's own recommendations that TypeScript would have seen; scripts have no compiler. */
const scriptRules = {
  'no-undef': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  'no-redeclare': 'error',
  'no-unreachable': 'error',
  'no-dupe-keys': 'error',
  'no-const-assign': 'error',
  'no-self-assign': 'error',
  'no-fallthrough': 'error',
  'no-empty': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-escape': 'error',
  'valid-typeof': 'error',
};

const nodeGlobals = ['process', 'console', 'Buffer', 'URL', 'AbortController', 'AbortSignal'];
const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'];

const typedRules = {
  // A number in a message needs no String(…) around it.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  // `() => stream.end()` in one line says all; braces around it say nothing more.
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // `noPropertyAccessFromIndexSignature` of the compiler asks for the brackets that this rule forbids.
  '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
  // A callback that may be asynchronous returns `void | Promise<void>`.
  '@typescript-eslint/no-invalid-void-type': 'off',
  // Classes with only static members stay out anyway; a class with only a constructor is a fine event.
  '@typescript-eslint/no-extraneous-class': ['error', { allowConstructorOnly: true }],
};

/** The one seam to the kernel: above it, `src/ffi` gives types and numbers, and `src/device` no open node of its own. */
const behindTheKernel = [
  {
    regex: '/ffi/index\\.js$',
    allowImportNames: ['format', 'formatName', 'gbmUsage', 'INVALID', 'LINEAR', 'modeFlag', 'parseInFormats'],
  },
  { regex: '/device/index\\.js$', importNames: ['DrmNode', 'discover', 'watchDrmEvents', 'watchHostRefusals'] },
];
const seamRules = {
  '@typescript-eslint/no-restricted-imports': [
    'error',
    {
      patterns: behindTheKernel.map((pattern) => ({
        ...pattern,
        allowTypeImports: true,
        message: 'the kernel is reached through `Kernel` and `KmsNode` here, so that tests can stand in for it',
      })),
    },
  ],
};

/** node:test collects what these return by itself. */
const nodeTestCalls = ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'];
const testRules = {
  'max-lines-per-function': 'off', // a describe() is one function
  '@typescript-eslint/no-floating-promises': [
    'error',
    { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: nodeTestCalls }] },
  ],
  '@typescript-eslint/no-non-null-assertion': 'off', // a wrong one fails the test, as it should
  // `lastJson<T>()` names what the test expects; the assertions on it check that.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
};

export default defineConfig(
  { ignores: ['dist/', 'native/', '.lab/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { ...plainRules, ...typedRules },
  },
  { files: ['src/**/*.ts'], ignores: ['src/cli/**'], rules: { 'no-console': 'error' } },
  { files: ['src/{buffer,kms,gpus,loop,head}/**/*.ts'], rules: seamRules },
  { files: ['test/**/*.ts'], rules: testRules },
  // Generated: as long as the protocols are.
  { files: ['src/wayland/protocol/*.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries([...nodeGlobals, ...timers].map((name) => [name, 'readonly'])),
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { ...plainRules, ...scriptRules },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
);
