/** A child that has this process's terminal, signals and exit status. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './setup/run.mjs';

/** The terminal sends Ctrl-C to the child too; handed on, it would look like a second one. */
const forwarded = process.stdin.isTTY ? ['SIGTERM'] : ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Resolves to the status to exit with. A signal is left to the child, which is waited for. */
export function passThrough([program, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
      process.on(signal, () => forwarded.includes(signal) && child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
