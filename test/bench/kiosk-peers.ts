/**
 * `npm run bench -- --kiosk --compare ROOT`: the kiosk in turn with weston's kiosk-shell and with cage, in one boot on the files of another
 * distribution, whose versions of the two can show something on a virtio-gpu beside a GPU without a display. They draw with the CPU, as
 * the kiosk does there, and all of them have the same client (tools/frames.c). It measures and prints, and judges nothing.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, type Job } from '../../src/lab/index.js';
import { buildFrames, framesOf, kioskName, kioskWith, type Frames } from './frames.js';
import { ratios, show, spread, table } from './figures.js';
import type { Say } from './sections.js';
import { countFlips, Running, usualWarmUpSeconds, type Client, type Sample } from './window.js';

type Turn = Sample & Frames;

const mode = { width: 1920, height: 1080 };
const memory = '4G';
/** From the start of a client to that of its window, and from the end of that to its own. */
const marginSeconds = 6;
/** For that on a machine that does much else. */
const endSeconds = 240;
/** Without a virtual terminal, of which the lab has none that anybody looks at. */
const seat = 'SEATD_VTBOUND=0 seatd -n 0';
const ofSeat = 'export LIBSEAT_BACKEND=seatd XDG_RUNTIME_DIR=/tmp/peers; mkdir -p -m 700 $XDG_RUNTIME_DIR';
/** The display's: vgem has no connector. */
const card = 'for c in /sys/class/drm/card?-*; do c=${c##*/}; card=${c%%-*}; break; done';

/** Draws with the CPU, on the display's node alone; `version`: prints it. */
interface Peer {
  readonly name: string;
  readonly version: string;
  /** For a shell, before the client's words. */
  readonly command: string;
}

const peers: readonly Peer[] = [
  {
    name: 'weston, kiosk-shell',
    version: 'weston --version',
    command:
      'exec weston --backend=drm --renderer=pixman --drm-device=$card --shell=kiosk --continue-without-input --log=/tmp/weston.log --',
  },
  {
    name: 'cage',
    version: 'cage -v',
    command: 'export WLR_RENDERER=pixman WLR_DRM_DEVICES=/dev/dri/$card WLR_LIBINPUT_NO_DEVICES=1; exec cage --',
  },
];

export async function comparePeers(root: string, rounds: number, seconds: number, say: Say): Promise<string[]> {
  const program = buildFrames();
  const lab = await Lab.boot({ size: mode, memory, root });
  let seats: Job | undefined;
  let seatsEnd: Promise<unknown> | undefined;
  try {
    await countFlips(lab);
    seats = lab.start(['sh', '-c', `exec env ${seat}`]);
    seatsEnd = seats.done.catch(() => undefined); // with the lab at the latest
    const found = (await lab.run(['sh', '-c', peers.map(({ version }) => `${version} 2>&1 | head -n 1`).join('; ')]))
      .stdout;
    const clients = [kioskFor(program, seconds), ...peers.map((peer) => clientOf(peer, program, seconds))];
    const taken: Turn[][] = clients.map(() => []);
    for (let round = 1; round <= rounds; round++)
      for (const [index, client] of clients.entries()) {
        const turn = await oneTurn(lab, client, seconds);
        taken[index]?.push(turn);
        say(`round ${round} of ${rounds}, ${client.name}: ${JSON.stringify(turn)}`);
      }
    return [`Beside each other: ${found.trim().replaceAll('\n', ', ')}`, '', ...rows(clients, taken)];
  } finally {
    seats?.kill('SIGTERM');
    await seatsEnd;
    await lab.close();
  }
}

function kioskFor(program: string, seconds: number): Client {
  const { warmUpSeconds = 0 } = kioskWith([]);
  return kioskWith([program, String(warmUpSeconds + seconds + marginSeconds)]);
}

function clientOf({ name, command }: Peer, program: string, seconds: number): Client {
  const words = `${program} ${usualWarmUpSeconds + seconds + marginSeconds}`;
  const until = 'until [ -S /run/seatd.sock ]; do sleep 0.1; done';
  return { name, command: ['sh', '-c', `${ofSeat}; ${card}; ${until}; ${command} ${words}`] };
}

/** It ends with its client. */
async function oneTurn(lab: Lab, client: Client, seconds: number): Promise<Turn> {
  const running = await Running.start(lab, client);
  try {
    const sample = await running.sample(seconds);
    const late = sleep(endSeconds * 1000, undefined, { ref: false });
    await Promise.race([running.ended, late]);
    return { ...sample, ...framesOf(running.output) };
  } finally {
    await running.end();
  }
}

function rows(clients: readonly Client[], taken: readonly (readonly Turn[])[]): string[] {
  const ours = taken[clients.findIndex(({ name }) => name === kioskName)];
  assert.ok(ours !== undefined);
  const of = (turns: readonly Turn[], figure: (turn: Turn) => number) => turns.map(figure);
  const latency = (turn: Turn) => turn.latencyMs.p50;
  const cpu = (turn: Turn) => turn.cpuMsPerFlip;
  return table(
    ['compositor', 'frames/s', 'commit → flip p50, ms', '÷ the kiosk’s', 'CPU ms a frame', 'RSS MiB', 'zero-copy'],
    clients.map(({ name }, index) => {
      const turns = taken[index] ?? [];
      return [
        name,
        show(spread(of(turns, ({ perSecond }) => perSecond))),
        show(spread(of(turns, latency))),
        show(ratios(of(turns, latency), of(ours, latency))),
        show(spread(of(turns, cpu))),
        show(spread(of(turns, ({ rssMiB }) => rssMiB)), 0),
        turns.map(({ zeroCopy, shown }) => `${zeroCopy} of ${shown}`).join(', '),
      ];
    }),
  );
}
