/** Child processes that never outlive their owner. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { findProgram } from './paths.js';

export interface Child {
  readonly process: ChildProcess;
  /** What it wrote to standard error, the last 4 KiB. */
  readonly errors: () => string;
  /** Ends it and waits until it is gone; also when it is gone already. */
  readonly end: () => Promise<void>;
}

/**
 * Starts a helper in a session of its own, so that a Ctrl-C on the terminal
 * reaches only us, and with a parent-death signal, so that even a SIGKILL of
 * this process leaves nothing behind. It is as patient as our own session is.
 */
export function startChild(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
  const withDeathSignal = ['--pdeathsig', 'KILL', '--', ...command];
  const child = spawn(findProgram('setpriv', 'util-linux'), withDeathSignal, {
    detached: true,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (child.pid !== undefined) passPatienceOn(child.pid);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-4096)));
  child.on('error', () => undefined); // a failed start shows as an exit to whoever waits
  return {
    process: child,
    errors: () => text.trim(),
    end: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * A new session has the processor like any other, however far behind the others ours was put (autogroup in sched(7)): a guest of
 * a test that waits for the others would not.
 */
function passPatienceOn(pid: number): void {
  try {
    const nice = / nice (-?\d+)$/m.exec(readFileSync('/proc/self/autogroup', 'utf8'))?.[1] ?? '0';
    if (nice !== '0') writeFileSync(`/proc/${pid}/autogroup`, nice);
  } catch {
    // the kernel has no such thing, the process has ended already, or an ordinary user set too many in this second
  }
}
