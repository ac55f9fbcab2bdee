/**
 * A kiosk in which weston's clients take turns until SIGINT; it is asked as `flipper.ts` is, and answers as that does. Beside its
 * words: `kill`, the client gets SIGKILL; `stop`, it is stopped for two seconds; `hang`, it is stopped for ever, so that the kiosk
 * has to notice; `second`, another one comes for a while. For `held` all clients end first.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { GpuPair } from '../../../src/gpus/index.js';
import type { OpenHeadOptions } from '../../../src/head/index.js';
import { openHeadOn } from '../../../src/head/open-head.js';
import { Kiosk, launch, openSocket, runtimeFolder } from '../../../src/kiosk/index.js';
import { loadNative } from '../../../src/native/index.js';
import type { Answer, Status } from './flipper.js';
import { held, heldHandles, type Held } from './held.js';
import { liveObjects } from './live-objects.js';

type Launched = ReturnType<typeof launch>;

/** Each draws for ever, untouched. */
const clients = [['weston-simple-shm'], ['weston-simple-egl', '-f', '-o'], ['weston-simple-damage']] as const;
const stoppedMs = 2000;
const secondMs = 3000;
/** For what the last client has left: its connection, and its buffer until the background's flip. */
const settleMs = 700;

const unopened = held();
const options = JSON.parse(process.argv[2] ?? '{}') as OpenHeadOptions;
const pair = await GpuPair.open(options);
const head = await openHeadOn(pair, options, true);
const kiosk = new Kiosk(head, loadNative(), { background: 0x203040 });
const folder = runtimeFolder(undefined, '');
const socket = openSocket(kiosk, folder.path);
const faults: Record<string, number> = {};
let [said, isOn] = ['', false];

function note(error: unknown): void {
  const { code = 'without a code', message = String(error) } = error as { code?: string; message?: string };
  const what = code === 'ERR_PROTOCOL' ? message : code;
  faults[what] = (faults[what] ?? 0) + 1;
  said = `${code}: ${message}`;
}

head.faults$.subscribe(note);
kiosk.faults$.subscribe(({ error }) => note(error));
head.state$.subscribe(({ kind }) => (isOn = kind === 'on'));
kiosk.hung$.subscribe(() => running?.child.kill('SIGKILL'));

/** One after the other, until it is to rest. */
let running: Launched | undefined;
let [turn, resting, starts] = [0, false, 0];
function next(): void {
  if (resting) return;
  starts++;
  const started = launch(clients[turn++ % clients.length] ?? clients[0], folder.path, socket);
  running = started;
  void started.ended.then(() => {
    running = undefined;
    setTimeout(next, 100);
  });
}
next();

/** No client is there any more, while `then` runs. */
async function atRest<T>(then: () => T | Promise<T>): Promise<T> {
  resting = true;
  const { ended } = running ?? {};
  running?.child.kill('SIGKILL');
  await ended;
  await sleep(settleMs);
  try {
    return await then();
  } finally {
    resting = false;
    next();
  }
}

function status(): Status {
  const { mode, path } = head.info;
  const size = isOn ? `${mode.width}x${mode.height}` : 'none';
  const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
  return { pid: process.pid, flips: kiosk.counts.shown, missed: 0, size, path, faults, said, ended: null, rss };
}

function holding(): Held {
  const { render, display } = pair.gpus;
  return { ...held(), gemHandles: heldHandles(render.node.fd) + heldHandles(display.node.fd) };
}

async function second(): Promise<void> {
  const other = launch(['weston-subsurfaces'], folder.path, socket);
  await sleep(secondMs);
  other.child.kill('SIGKILL');
  await other.ended;
}

/** One that has not come yet is nobody's that could be missed. */
async function untilShown(): Promise<void> {
  while (kiosk.shown?.mapped !== true) await sleep(50);
}

async function answer(word: string): Promise<Answer> {
  if (word === 'kill' || word === 'stop' || word === 'hang') await untilShown();
  const { child, ended } = running ?? {};
  if (word === 'held') return atRest(() => ({ ...status(), held: holding() }));
  if (word === 'objects') return atRest(async () => ({ ...status(), objects: await liveObjects() }));
  if (word === 'upgrade') await head.upgrade();
  if (word === 'kill') child?.kill('SIGKILL');
  if (word === 'stop' || word === 'hang') child?.kill('SIGSTOP');
  if (word === 'stop') await sleep(stoppedMs).then(() => child?.kill('SIGCONT'));
  if (word === 'hang' || word === 'kill') await ended;
  if (word === 'second') await second();
  return status();
}

const commands = createInterface({ input: process.stdin });
let answered = Promise.resolve();
commands.on('line', (word) => {
  answered = answered.then(async () => {
    const result = await answer(word).catch((error: unknown) => {
      said = `${word}: ${String(error)}`;
      return status();
    });
    console.log(JSON.stringify(result));
  });
});

process.once('SIGINT', () => {
  commands.close();
  process.stdin.destroy();
  resting = true;
  running?.child.kill('SIGKILL');
  void end().then(() => {
    console.error(`${starts} clients were started`);
    console.log(JSON.stringify({ unopened, closed: held() }));
  });
});

async function end(): Promise<void> {
  await kiosk.close();
  folder.close();
  await head.close();
}
