/** Runs the programs of the set-up and keeps what they say, to show it only when they fail. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const labDir = join(root, '.lab');

const linesShown = 20;
const running = new Set();

/** A step that could not be taken: what happened, what the program said last, what to do. */
export class SetupError extends Error {
  constructor(message, { advice, output = '' } = {}) {
    super(message);
    this.advice = advice;
    this.lastLines = output.trimEnd().split('\n').slice(-linesShown).join('\n');
  }
}

/** Where Debian keeps depmod, which an ordinary user's PATH leaves out. */
const withSbin = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };

/**
 * Resolves to `{status, stdout, output}`; `output` has both streams as they came. Rejects when there is no such program.
 * `onStatus` is called with each line that the program writes to descriptor 3.
 */
export function attempt([program, ...args], { cwd = root, env = {}, onStatus } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe', ...(onStatus ? ['pipe'] : [])];
    const child = spawn(program, args, { cwd, stdio, env: { ...process.env, ...withSbin, ...env } });
    const said = { stdout: '', output: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => ((said.stdout += text), (said.output += text)));
    child.stderr.setEncoding('utf8').on('data', (text) => (said.output += text));
    if (onStatus) createInterface({ input: child.stdio[3] }).on('line', onStatus);
    running.add(child);
    child.once('error', (cause) => reject(new SetupError(`could not start ${program}: ${cause.message}`)));
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ status: code ?? signal, ...said });
    });
  });
}

/** Like `attempt`, for a program that has to succeed; resolves to its standard output. */
export async function run(command, { advice, ...options } = {}) {
  const { status, stdout, output } = await attempt(command, options);
  if (status === 0) return stdout;
  throw new SetupError(`\`${shorten(command)}\` ended with ${status}`, { advice, output });
}

function shorten(command) {
  const line = command.join(' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** While `work` runs, an ending signal takes the children along instead of orphaning them. */
export async function withSignals(work) {
  const end = (signal, number) => {
    for (const child of running) child.kill(signal);
    process.exit(128 + number);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return await work();
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
