/** Child processes that never outlive their owner. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
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
 * this process leaves nothing behind.
 */
export function startChild(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
  const withDeathSignal = ['--pdeathsig', 'KILL', '--', ...command];
  const child = spawn(findProgram('setpriv', 'util-linux'), withDeathSignal, {
    detached: true,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
