/** Starts the process that draws for the probe, and waits for its end or ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { parseTold, type Step, type Told } from './told.js';

export interface ChildRun {
  readonly told: readonly Told[];
  /** How it ended where it did not end by itself: `killed by SIGSEGV`, `given up after 30 s`. */
  readonly fault: string | undefined;
  /** The last line that it, or the driver in it, wrote on standard error. */
  readonly complaint: string | undefined;
}

export interface ChildProgram {
  readonly command: readonly [program: string, ...words: string[]];
  readonly timeoutMs: number;
}

/** Made by the build; in a checkout, too, what runs is what was built last. */
const file = join(packageRoot, 'dist/probe/gl-child.cjs');
/** More than one job of GL may take in it. */
const childProgram: ChildProgram = { command: [process.execPath, file], timeoutMs: 60_000 };
/** For giving the screen back, and then for the kernel. */
const graceMs = 2000;
/** Of each stream. */
const mostBytes = 2 ** 20;

/** Never rejects. */
export function runChild(
  words: readonly string[],
  { command: [program, ...first], timeoutMs }: ChildProgram = childProgram,
): Promise<ChildRun> {
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors] = [collect(child.stdout), collect(child.stderr)];
    let fault: string | undefined;
    const end = (ended: string | undefined) => {
      clearTimeout(timer);
      const complaint = errors().trimEnd().split('\n').at(-1);
      resolve({
        told: parseTold(output()),
        fault: fault ?? ended,
        complaint: complaint === '' ? undefined : complaint,
      });
    };
    const timer = setTimeout(() => {
      fault = `given up after ${timeoutMs / 1000} s`;
      stop(child, () => {
        end(undefined);
      });
    }, timeoutMs);
    child.on('error', ({ message }) => {
      end(message);
    });
    child.on('close', (status, signal) => {
      end(signal !== null ? `killed by ${signal}` : status === 0 ? undefined : `ended with status ${status}`);
    });
  });
}

/** SIGTERM first, on which it gives the screen back. A process that the kernel holds is not waited for. */
function stop(child: ChildProcess, whenStuck: () => void): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  setTimeout(() => {
    child.unref();
    child.stdout?.destroy();
    child.stderr?.destroy();
    whenStuck();
  }, 2 * graceMs).unref();
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (text.length < mostBytes) text += chunk;
  });
  return () => text;
}

/** What was told of a step. */
export function toldOf<S extends Step>({ told }: ChildRun, step: S): Told<S> | undefined {
  return told.find((one): one is Told<S> => one.step === step);
}
