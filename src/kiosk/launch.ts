/** The client that a kiosk runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GuestheadError } from '../errors.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Throws ERR_NO_PROGRAM where there is no such program, before anything is on the screen. */
export function assertProgram(name: string): void {
  const places = name.includes('/')
    ? [name]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  if (places.some(isExecutable)) return;
  throw new GuestheadError('ERR_NO_PROGRAM', `There is no program ${name}`, {
    advice: name.includes('/') ? 'check its path, and that it may be executed' : 'install it, or give its path',
  });
}

/** Starts a client of the compositor at `socket`; its output is ours. */
export function launch(command: readonly string[], folder: string, socket: string): Launched {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    // Standard output is the kiosk's own result with --json.
    stdio: ['inherit', process.stderr, 'inherit'],
    env: {
      ...process.env,
      XDG_RUNTIME_DIR: folder,
      WAYLAND_DISPLAY: socket,
      XDG_SESSION_TYPE: 'wayland',
      // Other displays, which a client would rather take.
      WAYLAND_SOCKET: undefined,
      DISPLAY: undefined,
    },
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
