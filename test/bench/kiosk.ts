/**
 * `npm run bench -- --kiosk`: the kiosk with a client that tells when its frames came to the screen (tools/frames.c), in turn with
 * `guesthead run` and with weston's kiosk-shell on the same virtio-gpu, in one boot. It measures and prints, and judges nothing.
 */
import { join } from 'node:path';
import { messageOf } from '../../src/errors.js';
import { Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import { cProgram } from '../support/c-program.js';
import { compiledSeconds, guesthead } from './clients.js';
import { show, spread, table } from './figures.js';
import { inputRows, measureInput, type InputTimes } from './kiosk-input.js';
import { takeTurns, type Say } from './sections.js';
import { countFlips, type Client, type Sample } from './window.js';

/** What `frames SECONDS` prints. */
interface Frames {
  readonly size: string;
  readonly perSecond: number;
  readonly zeroCopy: number;
  readonly shown: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  /** When the client began, when it had its first commit, and when that was seen: CLOCK_MONOTONIC. */
  readonly startedMs: number;
  readonly committedMs: number;
  readonly firstMs: number;
}

/** ms; `nodeMs` and `clientMs`: from the start of Node, and of the client, to the end of one that does nothing. */
interface Start {
  /** From the start of the kiosk's process to its client's. */
  readonly launchedMs: number;
  /** From there to its first commit, and from that to the screen. */
  readonly committedMs: number;
  readonly shownMs: number;
  readonly nodeMs: number;
  readonly clientMs: number;
}

interface Memory {
  readonly clients: number;
  readonly beforeMiB: number;
  readonly afterMiB: number;
}

type Turn = Sample & { readonly output: string };

const mode = { width: 1920, height: 1080 };
const memory = '4G';
const manyClients = 1000;
const [ours, run, weston] = ['guesthead kiosk', 'guesthead run', 'weston, kiosk-shell'] as const;

export async function measureKiosk(rounds: number, seconds: number, say: Say): Promise<string[]> {
  const lab = await Lab.boot({ size: mode, memory, input: true });
  try {
    await countFlips(lab);
    const program = buildFrames();
    const kiosk = kioskWith([program, '3600']);
    const turns = await takeTurns(lab, [kiosk, guesthead(run, ['--pattern', 'none'])], rounds, seconds, say);
    const first = await firstFrames(lab, program, rounds, say);
    const peer = await besideWeston(lab, program, rounds, seconds, say);
    const many = await comeAndGo(lab, program, say);
    const input = await measureInput(lab, program, say);
    return tables({ ours: turns[ours] ?? [], run: turns[run] ?? [], peer, first, many, input });
  } finally {
    await lab.close();
  }
}

function buildFrames(): string {
  const sources = ['test/bench/tools/frames.c', 'test/kiosk/hostile/wire.c', 'test/kiosk/hostile/wire.h'];
  return cProgram(
    join(packageRoot, 'native/build-tests/frames'),
    sources.map((source) => join(packageRoot, source)),
  );
}

/** Ends with SIGINT, at which the client tells what it has seen. */
function kioskWith(client: readonly string[]): Client {
  return { name: ours, command: ['guesthead', 'kiosk', '--json', '--', ...client], warmUpSeconds: compiledSeconds };
}

/** Where the time to the client's first frame goes. */
async function firstFrames(lab: Lab, program: string, rounds: number, say: Say): Promise<Start[]> {
  const taken: Start[] = [];
  for (let round = 1; round <= rounds; round++) {
    const script = `read -r up _ < /proc/uptime; echo "up $up"; exec guesthead kiosk -- ${program} 0 2>&1`;
    const { stdout } = await lab.run(['sh', '-c', script]);
    const upMs = Number(/up ([\d.]+)/.exec(stdout)?.[1]) * 1000;
    const { startedMs, committedMs, firstMs } = framesOf(stdout);
    const own = { nodeMs: await tookMs(lab, 'node -e 0'), clientMs: await tookMs(lab, program) };
    const start = {
      launchedMs: startedMs - upMs,
      committedMs: committedMs - startedMs,
      shownMs: firstMs - committedMs,
    };
    taken.push({ ...start, ...own });
    say(`round ${round} of ${rounds}, start: ${JSON.stringify(taken.at(-1))}`);
  }
  return taken;
}

async function tookMs(lab: Lab, command: string): Promise<number> {
  const script = `a=$(date +%s%N); ${command} > /dev/null; b=$(date +%s%N); echo $(( (b - a) / 1000 ))`;
  return Number((await lab.run(['sh', '-c', script])).stdout) / 1000;
}

/** Without Node's own start and the client's. */
function ownMs({ launchedMs, committedMs, shownMs, nodeMs, clientMs }: Start): number {
  return launchedMs + committedMs + shownMs - nodeMs - clientMs;
}

/** What its client has seen there, or why it cannot run. It draws with the CPU, as the kiosk does. */
async function besideWeston(lab: Lab, program: string, rounds: number, seconds: number, say: Say) {
  // vgem has no connector.
  const card = 'for c in /sys/class/drm/card?-*; do c=${c##*/}; echo ${c%%-*}; break; done';
  const name = (await lab.run(['sh', '-c', card])).stdout.trim();
  const options = `--backend=drm-backend.so --use-pixman --drm-device=${name} --tty=1 --shell=kiosk-shell.so --continue-without-input`;
  const script = `
    export XDG_RUNTIME_DIR=/tmp/weston-runtime WAYLAND_DISPLAY=wayland-bench; mkdir -p -m 700 $XDG_RUNTIME_DIR
    weston ${options} --socket=$WAYLAND_DISPLAY 2>&1 & peer=$!
    timeout 20 sh -c 'until [ -S $XDG_RUNTIME_DIR/$WAYLAND_DISPLAY ]; do sleep 0.2; done' && ${program} ${seconds + usualSeconds}
    kill $peer; wait`;
  const taken: Frames[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { stdout } = await lab.run(['timeout', '120', 'sh', '-c', script]);
    try {
      taken.push(framesOf(stdout));
      say(`round ${round} of ${rounds}, ${weston}: ${JSON.stringify(taken.at(-1))}`);
    } catch (error) {
      say(`${weston} cannot run here: ${messageOf(error)}`);
      break;
    }
  }
  return taken;
}

const usualSeconds = 3;

async function comeAndGo(lab: Lab, program: string, say: Say): Promise<Memory> {
  const { stdout, stderr } = await lab.run(['guesthead', 'kiosk', '--', program, '--clients', String(manyClients)]);
  const line = /^\{"clients".*\}$/m.exec(stdout + stderr)?.[0];
  if (line === undefined) throw new Error(`the clients did not come: ${stdout}${stderr}`);
  say(line);
  return JSON.parse(line) as Memory;
}

function framesOf(output: string): Frames {
  const line = /^\{"size".*\}$/m.exec(output)?.[0];
  if (line === undefined) throw new Error(`the client told nothing: ${output.slice(-500)}`);
  return JSON.parse(line) as Frames;
}

interface Measured {
  readonly ours: readonly Turn[];
  readonly run: readonly Turn[];
  readonly peer: readonly Frames[];
  readonly first: readonly Start[];
  readonly many: Memory;
  readonly input: InputTimes;
}

function tables({ ours: turns, run: heads, peer, first, many, input }: Measured): string[] {
  const seen = turns.map(({ output }) => framesOf(output));
  const rowOf = (name: string, frames: readonly Frames[]) => [
    name,
    ...[frames.map((each) => each.perSecond), frames.map(({ latencyMs }) => latencyMs.p50)].map((each) =>
      each.length === 0 ? 'cannot run here' : show(spread(each)),
    ),
    frames.map((each) => `${each.zeroCopy} of ${each.shown}`).join(', '),
  ];
  const beyond = turns.map(({ cpuMsPerFlip }, round) => cpuMsPerFlip - (heads[round]?.cpuMsPerFlip ?? NaN));
  const others = [
    ['CPU ms a frame beyond `guesthead run`', show(spread(beyond))],
    ['RSS MiB, without GL', show(spread(turns.map(({ rssMiB }) => rssMiB)), 0)],
    [`RSS MiB before and after ${many.clients} clients`, `${many.beforeMiB}, ${many.afterMiB}`],
    ['start to first frame, less Node’s and the client’s own, ms', show(spread(first.map(ownMs)), 0)],
    ['of that, from its first commit on, ms', show(spread(first.map(({ shownMs }) => shownMs)), 0)],
    ...inputRows(input),
  ];
  return [
    ...table(
      [`client of ${mode.width}x${mode.height} on`, 'frames/s', 'commit → flip p50, ms', 'zero-copy'],
      [rowOf(ours, seen), rowOf(weston, peer)],
    ),
    '',
    ...table(['what', 'measured'], others),
  ];
}
