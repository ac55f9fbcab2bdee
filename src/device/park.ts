/** Keeps lost displays' open files away from their last close, on which the kernel would hang. */
import type { ChildProcess } from 'node:child_process';

/** Starts a process that does nothing, with copies of these descriptors; undefined where none can be started. */
export type StartKeeper = (fds: readonly number[]) => Keeper | undefined;
export type Keeper = Pick<ChildProcess, 'kill'>;

/**
 * One process keeps copies of all of them, so that no end of ours, not even by SIGKILL, is the last
 * close of one. A running process cannot be given more of them by Node: so each loss starts one
 * that inherits them all, for which ours stay open as well, and the one before ends once it runs.
 * What is left until the guest restarts, for the kernel can never let go of it: one process, and for each
 * loss one descriptor of ours and the memory of the lost display's buffers.
 */
export class Parking {
  readonly #fds: number[] = [];
  #keeper: Keeper | undefined;

  constructor(private readonly start: StartKeeper = startKeeper) {}

  /** Owns the descriptor from now on, and never closes it. */
  park(fd: number): void {
    this.#fds.push(fd);
    const before = this.#keeper;
    const next = this.start(this.#fds);
    if (next === undefined) return; // the one before keeps what it has; the new one is left to us, and to our exit
    this.#keeper = next;
    before?.kill('SIGKILL');
  }
}

const parking = new Parking();

export function parkDescriptor(fd: number): void {
  parking.park(fd);
}

/** In a session of its own, so that a terminal's signals do not reach it. It inherits before `spawn` returns. */
export function startKeeper(fds: readonly number[]): ChildProcess | undefined {
  const { spawn } = process.getBuiltinModule('node:child_process'); // loaded where it is needed, which is hardly ever
  try {
    const stdio = ['ignore', 'ignore', 'ignore', ...fds] as const;
    const keeper = spawn('sleep', ['infinity'], { cwd: '/', detached: true, stdio: [...stdio] });
    keeper.on('error', () => undefined); // it has no pid then
    keeper.unref();
    return keeper.pid === undefined ? undefined : keeper;
  } catch {
    return undefined; // some errnos are thrown
  }
}
