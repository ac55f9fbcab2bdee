/** The client that a kiosk runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { coded, GuestheadError } from '../errors.js';
import { loadNative } from '../native.js';
import { commandAs, environmentOf, type ClientUser } from './client-user.js';
import { ErrorPipe } from './error-pipe.js';

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

export interface LaunchOptions {
  /** Undefined: the kiosk's own. */
  readonly user?: ClientUser | undefined;
  /** Told what the client says on its standard error, which is passed on all the same. Undefined: that is the kiosk's own. */
  readonly onError?: ((text: string) => void) | undefined;
}

/** Starts a client of the compositor at `socket`; its output is ours. */
export function launch(
  command: readonly string[],
  folder: string,
  socket: string,
  { user, onError }: LaunchOptions = {},
): Launched {
  const errors = onError === undefined ? undefined : new ErrorPipe(loadNative(), onError);
  const child = started(user === undefined ? command : commandAs(user, command), errors, {
    ...process.env,
    ...(user === undefined ? {} : environmentOf(user)),
    ...noOthers,
    XDG_RUNTIME_DIR: folder,
    WAYLAND_DISPLAY: socket,
    XDG_SESSION_TYPE: 'wayland',
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended: errors === undefined ? ended : errors.begin(ended).then(() => ended) };
}

/** Other displays, which a client would rather take, and what the kiosk's service manager has told the kiosk. */
const noOthers = {
  WAYLAND_SOCKET: undefined,
  DISPLAY: undefined,
  NOTIFY_SOCKET: undefined,
  WATCHDOG_USEC: undefined,
  WATCHDOG_PID: undefined,
};

function started(command: readonly string[], errors: ErrorPipe | undefined, env: NodeJS.ProcessEnv): ChildProcess {
  const [program = '', ...args] = command;
  try {
    // Standard output is the kiosk's own result with --json.
    return spawn(program, args, { stdio: ['inherit', process.stderr, errors?.writes ?? 'inherit'], env });
  } catch (error) {
    errors?.cancel();
    throw coded(error);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
