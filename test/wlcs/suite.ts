/** Builds what WLCS loads, runs it, and reads what it says. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Result {
  /** Suite and test, as `--gtest_filter` takes them. */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'left out';
  /** What it said of its failure, or which interface it misses. */
  readonly said: string;
}

interface Harness {
  readonly runner: string;
  /** Shared libraries, in `folder`. */
  readonly module: string;
  readonly mend: string;
}

export interface Run {
  readonly control: string;
  readonly wayland: string;
  /** `interface:version` */
  readonly offered: readonly string[];
  /** As `--gtest_filter` takes them. */
  readonly leftOut: readonly string[];
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** GUESTHEAD_WLCS names another runner than the installed one, of which pkg-config knows; undefined where there is none. */
export function findRunner(): { readonly version: string; readonly runner: string } | undefined {
  const given = process.env['GUESTHEAD_WLCS'];
  if (given !== undefined) return { version: given, runner: given };
  const ask = (what: string) => execFileSync('pkg-config', [what, 'wlcs'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return { version: ask('--modversion'), runner: ask('--variable=test_runner') };
  } catch {
    return undefined;
  }
}

export function build(folder: string, runner: string): Harness {
  const [module, mend] = ['module', 'mend'].map((name) => {
    const library = join(folder, `${name}.so`);
    const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror'];
    execFileSync('gcc', [...flags, '-o', library, join(here, `${name}.c`), '-ldl'], { stdio: 'inherit' });
    return library;
  }) as [string, string];
  return { runner, module, mend };
}

/** Its tests, one after the other. Throws where the runner itself comes to grief. */
export async function run({ runner, module, mend }: Harness, folder: string, options: Run): Promise<Result[]> {
  const output = join(folder, 'results.json');
  const flags = [`--gtest_output=json:${output}`, `--gtest_filter=*-${options.leftOut.join(':')}`];
  const child = spawn(runner, [module, ...flags, options.control, options.wayland, ...options.offered], {
    env: { ...process.env, LD_PRELOAD: mend },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (!existsSync(output)) throw new Error(`the runner ended with ${signal ?? code}\n${said.slice(-2000)}`);
  return [...resultsOf(readFileSync(output, 'utf8')), ...leftOut(runner, module, options.leftOut)];
}

/** Those of the patterns. */
function leftOut(runner: string, module: string, patterns: readonly string[]): Result[] {
  const flags = ['--gtest_list_tests', `--gtest_filter=${patterns.join(':')}`];
  const listed = execFileSync(runner, [module, ...flags], { encoding: 'utf8' }).split('\n');
  let suite = '';
  return listed.flatMap((line): Result[] => {
    if (!line.startsWith(' ')) suite = line.trim();
    return line.startsWith(' ') ? [{ name: suite + line.trim(), outcome: 'left out', said: '' }] : [];
  });
}

/** Google Test's, with WLCS's own property for what it skips. */
interface GoogleTests {
  readonly testsuites: readonly {
    readonly name: string;
    readonly testsuite: readonly {
      readonly name: string;
      readonly status: string;
      readonly 'wlcs-skip-test'?: string;
      readonly failures?: readonly { readonly failure: string }[];
    }[];
  }[];
}

function resultsOf(text: string): Result[] {
  const { testsuites } = JSON.parse(text) as GoogleTests;
  return testsuites.flatMap((suite) =>
    suite.testsuite
      .filter(({ status }) => status === 'RUN')
      .map((test) => {
        const missing = test['wlcs-skip-test'];
        const failures = test.failures?.map(({ failure }) => failure).join('\n') ?? '';
        const outcome = missing !== undefined ? 'skipped' : failures === '' ? 'passed' : 'failed';
        return { name: `${suite.name}.${test.name}`, outcome, said: missing ?? failures };
      }),
  );
}
