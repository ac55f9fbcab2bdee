/** The client that a kiosk runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { coded, GuestheadError } from '../errors.js';
import { loadNative } from '../native/index.js';
import { clientEnvironment, type ClientKnows } from './client-environment.js';
import { commandAs } from './client-user.js';
import { ErrorPipe } from './error-pipe.js';
import { ProcessGroup } from './process-group.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Launched {
  /** Which leads its group. */
  readonly child: ChildProcess;
  /** How it ended, once all processes that it started have ended with it, but for those that it has put into a group of their own. */
  readonly ended: Promise<Ended>;
  /** Asks it to end (SIGTERM), and kills all that are left five seconds later; or at once, where it is called again. */
  end(): void;
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

export interface LaunchOptions extends ClientKnows {
  /** Told what the client says on its standard error, which is passed on all the same. Undefined: that is the kiosk's own. */
  readonly onError?: ((text: string) => void) | undefined;
}

/**
 * Starts a client of the compositor at `socket`; its output is ours. It has a session of its own: what is typed at the kiosk's terminal
 * (Ctrl-C) is the kiosk's to hear, which then ends it once.
 */
export function launch(
  command: readonly string[],
  folder: string,
  socket: string,
  { onError, ...knows }: LaunchOptions = {},
): Launched {
  const { user } = knows;
  const errors = onError === undefined ? undefined : new ErrorPipe(loadNative(), onError);
  const environment = { ...process.env, ...clientEnvironment(folder, socket, knows) };
  const child = started(user === undefined ? command : commandAs(user, command), errors, environment);
  const group = child.pid === undefined ? undefined : new ProcessGroup(child.pid);
  const ended = endOf(child);
  const said = errors?.begin(ended) ?? ended;
  const gone = ended.then(() => group?.gone());
  return { child, ended: Promise.all([said, gone]).then(() => ended), end: () => group?.end() };
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise<Ended>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function started(command: readonly string[], errors: ErrorPipe | undefined, env: NodeJS.ProcessEnv): ChildProcess {
  const [program = '', ...args] = command;
  try {
    // Standard output is the kiosk's own result with --json.
    return spawn(program, args, {
      stdio: ['inherit', process.stderr, errors?.writes ?? 'inherit'],
      env,
      detached: true,
    });
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
