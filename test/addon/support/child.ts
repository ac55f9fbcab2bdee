/** Node processes of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundleText } from '../../../scripts/setup/bundle.mjs';
import { root } from './addon.js';

export interface ChildResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `preload` comes after what LD_PRELOAD names already: a sanitizer insists on being first. */
export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly preload?: readonly string[];
  readonly limitMs?: number;
  /** What begins the child in place of Node, with all the words. */
  readonly program?: string;
}

export async function runNode(args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const child = spawn(options.program ?? process.execPath, args, {
    cwd: root,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limitMs ?? 180_000);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { status, signal, stdout, stderr };
}

/**
 * The words that run a program whose text this is, which begins where the checkout does. It is made ready first: tsx takes several
 * times as long, most of all under a sanitizer.
 */
export async function textWords(source: string): Promise<string[]> {
  return ['--input-type=module', '--eval', await bundleText(source)];
}

/** The words that run this very file once more, as a source or bundled, in a process of its own. */
export function thisFileAgain(): string[] {
  const own = process.execArgv.filter((word) => !/^--(test|expose-gc)/.test(word));
  return [...own, '--expose-gc', '--test-reporter=spec', process.argv[1] ?? ''];
}

/** Without NODE_TEST_CONTEXT, a test file that runs as a child reports in text. */
function environment({ env, preload = [] }: ChildOptions): NodeJS.ProcessEnv {
  const inherited = { ...process.env, ...env };
  delete inherited['NODE_TEST_CONTEXT'];
  const libraries = [...(process.env['LD_PRELOAD'] ?? '').split(':'), ...preload].filter((name) => name !== '');
  return libraries.length === 0 ? inherited : { ...inherited, LD_PRELOAD: libraries.join(':') };
}

/** What such a process said, for an assertion's message. */
export const transcript = ({ status, signal, stdout, stderr }: ChildResult): string =>
  `status ${status}, signal ${signal}\n${stdout}\n${stderr}`;
