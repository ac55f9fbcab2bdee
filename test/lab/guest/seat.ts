/**
 * A session manager and its session, as libseat and logind have them. The manager opens the nodes and
 * says who is DRM master; the session runs without capabilities and may open no node, and flips on the
 * descriptors that it is given. The manager obeys lines of its standard input: `disable`,
 * `enable`, `end`; each is answered by a line, the last by what is left, as JSON.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { firstValueFrom, share, skip } from 'rxjs';
import { discover, selectDisplay, selectRender } from '../../../src/device/index.js';
import { dropMaster, isMaster, loadLibdrm, setMaster } from '../../../src/ffi/index.js';
import { openGpus } from '../../../src/head/index.js';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value as string | undefined;

export interface SeatReport {
  /** Flips between `disable` and `enable`: none may come. */
  readonly whilePaused: number;
  /** Codes of what the session was told went wrong. */
  readonly faults: readonly string[];
  /** What `resume()` said before the session had the display again. */
  readonly early: string;
  /** Descriptors of nodes that the session has open at its end: its own two, and none of guesthead's. */
  readonly left: readonly string[];
  readonly capabilities: string;
  /** The manager is master still, once the session has closed its head. */
  readonly masterAfter: boolean;
}

async function manage(): Promise<void> {
  loadLibdrm();
  const found = discover();
  const display = selectDisplay(found, 'auto');
  const fds = [display, selectRender(found, 'auto', display.device)].map(({ node }) =>
    openSync(node, constants.O_RDWR | constants.O_NONBLOCK),
  );
  const [card = -1] = fds;
  const session = startSession(fds);
  const answers = createInterface({ input: session.stdout! })[Symbol.asyncIterator]();
  const tell = async (word: string) => {
    session.stdin?.write(`${word}\n`);
    return (await answers.next()).value as string;
  };
  console.log(await tell('flip'));
  for (let line = await nextLine(); line !== undefined && line !== 'end'; line = await nextLine()) {
    if (line === 'enable') setMaster(card);
    console.log(await tell(line === 'enable' ? 'resume' : 'pause'));
    if (line === 'disable') dropMaster(card);
    if (line === 'disable') console.log(await tell('early'));
  }
  const report = JSON.parse(await tell('end')) as SeatReport;
  await once(session, 'close');
  console.log(JSON.stringify({ ...report, masterAfter: isMaster(card) }));
  process.exit();
}

/** Its descriptors 3 and 4 are the nodes. */
function startSession(fds: readonly number[]): ChildProcess {
  const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all'];
  const words = [...drop, process.execPath, process.argv[1]!, 'session'];
  return spawn('setpriv', words, { stdio: ['pipe', 'pipe', 'inherit', ...fds] });
}

async function beSession(): Promise<void> {
  const gpus = await openGpus({ displayFd: 3, renderFd: 4 });
  const head = await gpus.openHead({ path: 'import' });
  const faults: string[] = [];
  head.faults$.subscribe(({ code }) => faults.push(code));
  const flips$ = head.flips(() => undefined).pipe(share());
  let flips = 0;
  const flipping = flips$.subscribe(() => flips++);
  const report = { whilePaused: -1, early: '', capabilities: capabilities() };
  let pausedAt = 0;
  const obey: Record<string, () => unknown> = {
    flip: () => firstValueFrom(flips$.pipe(skip(2))),
    pause: () => {
      gpus.pause();
      pausedAt = flips;
    },
    early: () => (report.early = codeOf(() => gpus.resume())),
    resume: () => {
      report.whilePaused = flips - pausedAt;
      gpus.resume();
      return firstValueFrom(flips$.pipe(skip(2)));
    },
  };
  for (let word = await nextLine(); word !== undefined && word !== 'end'; word = await nextLine()) {
    await obey[word]?.();
    console.log(`${word} done`);
  }
  flipping.unsubscribe();
  await head.close();
  gpus.close();
  console.log(JSON.stringify({ ...report, faults, left: openNodes() }));
  process.exit();
}

function codeOf(act: () => void): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function openNodes(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('/dev/dri/'));
}

/** Empty for the folder that was being read. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function capabilities(): string {
  return /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
}

await (process.argv[2] === 'session' ? beSession() : manage());
