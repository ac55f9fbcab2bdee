/**
 * `npm run bench -- --kiosk`: the kiosk with a client that tells when its frames came to the screen (tools/frames.c), in turn with
 * `guesthead run`, in one boot. It measures and prints, and judges nothing. `--compare`: kiosk-peers.ts.
 */
import { Lab } from '../../src/lab/index.js';
import { guesthead } from './clients.js';
import { buildFrames, framesOf, kioskName, kioskWith, type Frames } from './frames.js';
import { show, spread, table } from './figures.js';
import { composedRows, composeTwo, type Composed } from './kiosk-composed.js';
import { inputRows, measureInput, type InputTimes } from './kiosk-input.js';
import { takeTurns, type Say } from './sections.js';
import { countFlips, type Sample } from './window.js';

/** ms; `nodeMs`: from the start of Node to the end of one that does nothing; `clientMs`: what the processor did for the client until its first commit. */
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
const [ours, run] = [kioskName, 'guesthead run'] as const;
/** A kiosk runs for months: by then V8 has compiled what a frame runs through, which has a third of the instructions that it has after half a minute. */
const warmUpSeconds = 120;

export async function measureKiosk(rounds: number, seconds: number, say: Say): Promise<string[]> {
  const lab = await Lab.boot({ size: mode, memory, input: true });
  try {
    await countFlips(lab);
    const program = buildFrames();
    const clients = [kioskWith([program, '3600']), guesthead(run, ['--pattern', 'none'])];
    const warm = clients.map((client) => ({ ...client, warmUpSeconds }));
    const turns = await takeTurns(lab, warm, rounds, seconds, say);
    const first = await firstFrames(lab, program, rounds, say);
    const composed = await composeTwo(lab, program, rounds, seconds, say);
    const many = await comeAndGo(lab, program, say);
    const input = await measureInput(lab, program, say);
    return tables({ ours: turns[ours] ?? [], run: turns[run] ?? [], composed, first, many, input });
  } finally {
    await lab.close();
  }
}

/** Where the time to the client's first frame goes. */
async function firstFrames(lab: Lab, program: string, rounds: number, say: Say): Promise<Start[]> {
  const taken: Start[] = [];
  for (let round = 1; round <= rounds; round++) {
    const script = `read -r up _ < /proc/uptime; echo "up $up"; exec guesthead kiosk -- ${program} 0 2>&1`;
    const { stdout } = await lab.run(['sh', '-c', script]);
    const upMs = Number(/up ([\d.]+)/.exec(stdout)?.[1]) * 1000;
    const { startedMs, committedMs, firstMs, ownMs: clientMs } = framesOf(stdout);
    const own = { nodeMs: await tookMs(lab, 'node -e 0'), clientMs };
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

async function comeAndGo(lab: Lab, program: string, say: Say): Promise<Memory> {
  const { stdout, stderr } = await lab.run(['guesthead', 'kiosk', '--', program, '--clients', String(manyClients)]);
  const line = /^\{"clients".*\}$/m.exec(stdout + stderr)?.[0];
  if (line === undefined) throw new Error(`the clients did not come: ${stdout}${stderr}`);
  say(line);
  return JSON.parse(line) as Memory;
}

interface Measured {
  readonly ours: readonly Turn[];
  readonly run: readonly Turn[];
  readonly composed: readonly Composed[];
  readonly first: readonly Start[];
  readonly many: Memory;
  readonly input: InputTimes;
}

function tables({ ours: turns, run: heads, composed, first, many, input }: Measured): string[] {
  const seen = turns.map(({ output }) => framesOf(output));
  const rowOf = (name: string, frames: readonly Frames[]) => [
    name,
    ...[frames.map((each) => each.perSecond), frames.map(({ latencyMs }) => latencyMs.p50)].map((each) =>
      show(spread(each)),
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
    ...composedRows(composed),
    ...inputRows(input),
  ];
  return [
    ...table(
      [`client of ${mode.width}x${mode.height} on`, 'frames/s', 'commit → flip p50, ms', 'zero-copy'],
      [rowOf(ours, seen)],
    ),
    '',
    ...table(['what', 'measured'], others),
  ];
}
