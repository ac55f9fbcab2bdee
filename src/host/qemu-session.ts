/** A short QEMU that only answers questions: started, asked over QMP on its standard input, and gone. */
import { spawn } from 'node:child_process';

export interface QmpQuestion {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

export interface QemuAnswers {
  /** One for each question, in order: what it returned, or undefined where it was refused or never answered. */
  readonly returned: readonly unknown[];
  /** What QEMU itself said on standard error. */
  readonly errors: string;
}

/** Against a hang only. */
const limitMs = 20_000;

/** Never rejects: a QEMU that does not start answers nothing and says why. */
export function askQemu(
  program: string,
  machine: readonly string[],
  questions: readonly QmpQuestion[],
): Promise<QemuAnswers> {
  return new Promise((resolve) => {
    const quiet = ['-nodefaults', '-no-user-config', '-display', 'none', '-S', '-qmp', 'stdio'];
    const child = spawn(program, [...machine, ...quiet], { timeout: limitMs, killSignal: 'SIGKILL' });
    const said = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.errors += chunk));
    child.stdin.on('error', () => undefined); // a QEMU that is gone already: its end tells
    const end = () => {
      resolve({ returned: answersIn(said.output, questions.length), errors: said.errors.trim() });
    };
    child.on('close', end);
    child.on('error', (error) => {
      said.errors += error.message;
      if (child.pid === undefined) end(); // it never started: its streams need not close
    });
    const session = [{ execute: 'qmp_capabilities' }, ...questions, { execute: 'quit' }];
    child.stdin.end(session.map((question, id) => `${JSON.stringify({ ...question, id })}\n`).join(''));
  });
}

function answersIn(output: string, count: number): unknown[] {
  const replies = output.split('\n').flatMap(replyIn);
  return Array.from({ length: count }, (_, index) => replies.find(({ id }) => id === index + 1)?.return);
}

/** A program that is no QEMU may print anything. */
function replyIn(line: string): { id?: number; return?: unknown }[] {
  try {
    const reply: unknown = JSON.parse(line);
    return typeof reply === 'object' && reply !== null ? [reply] : [];
  } catch {
    return [];
  }
}

/** What a QEMU that prints and ends, such as `-display help`, printed on standard output. */
export function readQemu(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const end = () => {
      resolve(text);
    };
    child.on('close', end);
    child.on('error', end);
  });
}
