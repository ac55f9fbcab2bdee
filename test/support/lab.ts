/** What the lab's tests share: one booted guest a file, and commands run in it. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { bundle } from '../../scripts/setup/bundle.mjs';
import type { Job, Lab } from '../../src/lab/index.js';
import type { HostCaptures } from '../../src/render/index.js';
import type { RunResult } from '../../src/report/index.js';

export type Output = Awaited<ReturnType<Lab['run']>>;

/** `guesthead …` in the guest. */
export function guesthead(lab: Lab, words: readonly string[], env: Record<string, string> = {}): Promise<Output> {
  return lab.run(['node', 'dist/cli/main.cjs', ...words], { env });
}

/** A TypeScript file of ours in the guest, made ready on the host. */
export function script(file: string, ...words: string[]): string[] {
  const name = basename(file, '.ts');
  bundle({ [name]: file }, `.lab/scripts/${name}`);
  return ['node', `.lab/scripts/${name}/${name}.js`, ...words];
}

/** The JSON object on the last line of standard output; fails the test with all output where there is none. */
export function lastJson<T>({ stdout, stderr, status }: Output): T {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as T;
  } catch {
    return assert.fail(`no JSON on the last line (status ${status}):\n${stdout}\n${stderr}`);
  }
}

/** What the result says of so many host captures where each shows the very pixels. */
export function allExact(captures: number): HostCaptures {
  return { captures, exact: captures, torn: 0, unreadable: 0, wrong: null };
}

/** Tries a measurement again, twice at the most, where the noise of a shared machine spoiled it. */
export async function measured<T>(measure: () => Promise<T>, good: (result: T) => boolean): Promise<T> {
  let result = await measure();
  for (let again = 0; again < 2 && !good(result); again++) result = await measure();
  return result;
}

/** What a process prints, to be waited for; waiting fails with all of it once the process has ended. */
export class Lines {
  #text = '';
  #ended = false;
  #waiting: { pattern: RegExp; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];

  readonly push = (chunk: Buffer | string): void => {
    this.#text += chunk.toString();
    this.#settle();
  };

  readonly end = (): void => {
    this.#ended = true;
    this.#settle();
  };

  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pattern, resolve, reject });
      this.#settle();
    });
  }

  #settle(): void {
    this.#waiting = this.#waiting.filter(({ pattern, resolve, reject }) => {
      const match = pattern.exec(this.#text);
      if (match) resolve(match[0]);
      else if (this.#ended) reject(new Error(`ended without ${pattern}:\n${this.#text}`));
      return !match && !this.#ended;
    });
  }
}

/** Starts a command in the guest whose output is to be waited for. */
export function startWatched(lab: Lab, words: readonly string[]): { job: Job; lines: Lines } {
  const lines = new Lines();
  const job = lab.start(words, { onStdout: lines.push, onStderr: lines.push });
  job.done.then(lines.end, lines.end);
  return { job, lines };
}

/** What the planes show and where, and each CRTC's mode, as the kernel tells. */
export async function screenOf(lab: Lab): Promise<string> {
  const lines = "grep -hE '^(plane|crtc)|crtc=|fb=|size=|pos=|active=|mode:' /sys/kernel/debug/dri/*/state";
  return (await lab.run(['sh', '-c', lines])).stdout;
}

/** Another process's picture is on the screen once this resolves; the function ends the process, and resolves then. */
export async function startBystander(lab: Lab): Promise<() => Promise<void>> {
  const { job, lines } = startWatched(lab, script('test/lab/guest/bystander.ts'));
  await lines.until(/framebuffer/);
  return async () => {
    job.input(Buffer.alloc(0));
    await job.done;
  };
}

/** Resolves once a Node process shows a picture of this size, not the console; fails after a minute without. */
export async function untilFlipping(lab: Lab, size = '1920x1080'): Promise<void> {
  // One program each time that it looks: all but that is time of the one that is waited for. No colon comes before the size.
  const shown = `grep -qzE 'allocated by = node[^:]*[[:space:]]size=${size}' /sys/kernel/debug/dri/*/state`;
  const wait = `until ${shown}; do sleep 0.1; done; sleep 0.2`;
  const { status } = await lab.run(['timeout', '60', 'sh', '-c', wait]);
  assert.equal(status, 0, 'nothing was flipped');
}

/** `guesthead run --json …` that goes on while the test does something to it. */
export interface Running {
  readonly job: Job;
  /** The result's JSON and how the command ended, once it has. */
  readonly ended: Promise<{ result: RunResult; status: number | null; stderr: string }>;
}

/** Resolves once it flips; without `--frames` or `--seconds` it is the test that ends it. `as` are words before the command. */
export async function startRun(
  lab: Lab,
  words: readonly string[],
  env: Record<string, string> = {},
  as: readonly string[] = [],
): Promise<Running> {
  const out = { stdout: '', stderr: '' };
  const until = words.some((word) => word === '--frames' || word === '--seconds') ? [] : ['--seconds', '500'];
  const job = lab.start([...as, 'node', 'dist/cli/main.cjs', 'run', '--json', ...until, ...words], {
    env,
    onStdout: (chunk) => (out.stdout += chunk.toString()),
    onStderr: (chunk) => (out.stderr += chunk.toString()),
  });
  const ended = job.done.then(({ status, signal }) => {
    const result = lastJson<RunResult>({ ...out, status, signal });
    return { result, status, stderr: out.stderr };
  });
  ended.catch(() => undefined); // it is awaited later
  await untilFlipping(lab, '[0-9]*x[0-9]*');
  return { job, ended };
}
