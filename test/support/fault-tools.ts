/** Tools that make faults happen in the guest: C programs compiled on the host, whose root the guest shares. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../src/lab/index.js';
import { findProgram } from '../../src/lab/paths.js';
import { compileTool } from '../../src/lab/tools.js';
import { packageRoot } from '../../src/package-root.js';

const run = promisify(execFile);

/** Preloaded into a process, makes its DRM ioctls fail as its control file says. Build it before the guest boots. */
export async function buildErrnoInjector(): Promise<string> {
  return build('errno-injector.c', 'errno-injector.so', ['-shared', '-fPIC', '-ldl', '-pthread']);
}

/** `master-thief PID SECONDS` takes DRM master of virtio-gpu away from a process for a while. Build it before the guest boots. */
export async function buildMasterThief(): Promise<string> {
  return build('master-thief.c', 'master-thief', []);
}

/** `open-watch FOLDER` prints which files in the folder are opened. Build it before the guest boots. */
export async function buildOpenWatch(): Promise<string> {
  return build('open-watch.c', 'open-watch', []);
}

async function build(source: string, target: string, flags: readonly string[]): Promise<string> {
  const { stdout } = await run(findProgram('pkg-config', 'pkg-config'), ['--cflags', 'libdrm']);
  const drm = stdout.split(/\s+/).filter((flag) => flag !== '');
  return compileTool(join(packageRoot, 'test/lab/tools', source), target, [...drm, ...flags]);
}

/** One line of the injector's log: an atomic commit, or another ioctl that was made to fail. */
export interface LoggedCall {
  /** CLOCK_MONOTONIC of the guest, in milliseconds, when it had returned. */
  readonly atMs: number;
  /** `ATOMIC`, `ATOMIC_TEST`, `ADDFB2`, … */
  readonly name: string;
  /** `commitFlag`s; 0 for what is no commit. */
  readonly flags: number;
  /** `'0'` or the errno's name. */
  readonly result: string;
  /** The tool made it fail: it never came to the kernel. */
  readonly injected: boolean;
}

/** A process's faults: give `env` to it, then say what is to fail. The files are the guest's own, for it caches the host's. */
export class ErrnoInjector {
  readonly #control: string;

  /** `name` tells injectors of one guest apart. */
  constructor(
    private readonly lab: Lab,
    private readonly library: string,
    name: string,
  ) {
    this.#control = `/run/inject-${name}`;
  }

  get env(): Record<string, string> {
    return { LD_PRELOAD: this.library, GUESTHEAD_INJECT: this.#control };
  }

  /**
   * `'EBUSY 3'`: the next three commits fail; `'ENOMEM 1 ADDFB2'`: that call does;
   * several lines: all of that. Replaces what is left of the one before. May be
   * called before the process starts.
   */
  async inject(rules: string): Promise<void> {
    const write = `printf '%s\\n' "$1" > ${this.#control}.new && mv ${this.#control}.new ${this.#control}`;
    await this.#shell(write, rules);
  }

  /** Every line so far; none before the first commit. */
  async calls(): Promise<LoggedCall[]> {
    return parseCalls(await this.#shell(`touch ${this.#control}.log && cat ${this.#control}.log`));
  }

  async #shell(script: string, ...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.lab.run(['sh', '-c', script, 'sh', ...words]);
    if (status !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  }
}

export function parseCalls(log: string): LoggedCall[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at, name, flags, result, injected] = line.split(' ');
      if (name === undefined || result === undefined) throw new Error(`not a line of the injector's: ${line}`);
      return { atMs: Number(at), name, flags: Number(flags), result, injected: injected === 'injected' };
    });
}

/** How many calls the busiest second held. */
export function mostInASecond(calls: readonly LoggedCall[]): number {
  const within = (from: LoggedCall) => calls.filter(({ atMs }) => atMs >= from.atMs && atMs < from.atMs + 1000);
  return Math.max(0, ...calls.map((call) => within(call).length));
}
