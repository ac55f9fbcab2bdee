/**
 * Splits a head in two: the client of the first command fills the left half, that of the second the right one. Dialogs
 * and menus stay on their half's window; who clicks on a half types into it. Ends with the first client that ends, or on Ctrl-C:
 *
 *   node two-clients.js foot -e top --- weston-simple-shm
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { openKiosk, type ClientSocket, type HeadRoom, type KioskWindow, type Place } from 'guesthead/kiosk';

const commands = splitAt(process.argv.slice(2), '---');
if (commands.length !== 2 || commands.some((command) => command.length === 0))
  throw new Error('usage: two-clients.js COMMAND… --- COMMAND…');

/** Where each client connects: whatever it forks, its windows are known by that. */
const sockets: ClientSocket[] = [];

/** Asked whenever a window comes, goes, or is to be told its size, also before it shows anything. */
function layout(windows: readonly KioskWindow[], head: HeadRoom): readonly Place[] {
  return sockets.flatMap((socket, half) => {
    const window = windows.findLast(({ client }) => client.socket === socket.path);
    return window === undefined ? [] : [{ window, ...boxOf(half, head) }];
  });
}

/** What an odd number of pixels leaves is the right one's. */
function boxOf(half: number, { width, height }: HeadRoom) {
  const left = Math.floor(width / 2);
  return half === 0
    ? { x: 0, y: 0, size: { width: left, height } }
    : { x: left, y: 0, size: { width: width - left, height } };
}

function splitAt(words: readonly string[], word: string): string[][] {
  const parts: string[][] = [[]];
  for (const each of words) {
    if (each === word) parts.push([]);
    else parts.at(-1)?.push(each);
  }
  return parts;
}

function start([program = '', ...args]: readonly string[], { environment }: ClientSocket): ChildProcess {
  return spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const interrupted = new Promise<number>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(0));
});

const kiosk = await openKiosk({ layout, background: 0x202020 });
const children: ChildProcess[] = [];
try {
  kiosk.faults$.subscribe(({ error }) => console.error(error));
  kiosk.windows$.subscribe(({ kind, window }) => console.log(JSON.stringify({ kind, title: window.title })));
  for (const command of commands) {
    const socket = kiosk.openSocket();
    sockets.push(socket);
    children.push(start(command, socket));
  }
  process.exitCode = await Promise.race([interrupted, ...children.map(ended)]);
} finally {
  for (const child of children) child.kill();
  await kiosk.close();
}
