/** `guesthead host watch`: options, where the pictures go, and how it ends. */
import type { Command } from 'commander';
import type { Watch } from '../host/index.js';
import type { Viewer } from '../sinks/index.js';
import { failStatus } from './failure.js';
import { seconds, wholeNumber } from './parse.js';
import { addPictureOptions, filmHz, whenAsked } from './receiving.js';

interface WatchCliOptions {
  readonly qmp: string;
  readonly head: number;
  readonly png?: string;
  readonly y4m?: string;
  readonly judge?: boolean;
  readonly hz?: number;
  readonly late?: number;
  readonly stall?: number;
  readonly frames?: number;
  readonly json?: boolean;
}

export function addWatchCommand(host: Command): void {
  const command = host
    .command('watch')
    .description(
      "listens to a head of a running QEMU's D-Bus display (-display dbus,p2p=on): a picture, a film, or a judgement of it",
    )
    .requiredOption('--qmp <socket>', "QEMU's QMP socket, which no other client uses")
    .option('--head <n>', 'the head, from 0', wholeNumber(0, 15), 0);
  addPictureOptions(command, {
    hz: {
      says: `frames a second: of the film (default: ${filmHz}), and at which a dma-buf is answered (default: at once)`,
    },
    frames: 'end after so many frames of the film, judged pictures, or else updates',
  })
    .option('--late <ms>', 'answer each change of a dma-buf so much later', wholeNumber(1, 60_000))
    .option('--stall <s>', 'once, after a second, answer no change of a dma-buf for so long', seconds)
    .action(watchAndPrint);
}

async function watchAndPrint(options: WatchCliOptions): Promise<void> {
  const { openWatch } = await import('../host/index.js');
  const viewer = await viewerOf(options);
  const { hz, late: lateMs, stall } = options;
  const watch = await openWatch({
    ...{ qmp: options.qmp, head: options.head },
    pace: { hz, lateMs, stallMs: stall === undefined ? undefined : stall * 1000 },
    onUpdate: (screen) => {
      viewer.update(screen);
    },
  });
  try {
    const ended = await endOf(watch, viewer);
    await viewer.end();
    print(resultOf(watch, viewer, { ended, frames: options.frames }), options);
  } finally {
    watch.close();
  }
}

async function viewerOf({ png, y4m, judge, hz = filmHz, frames }: WatchCliOptions): Promise<Viewer> {
  const { Counting, Film, filmOutput, Judging, PngFile } = await import('../sinks/index.js');
  if (png !== undefined) return new PngFile(png, frames);
  if (y4m !== undefined) return new Film(filmOutput(y4m), { hz, frames });
  return judge === true ? new Judging(frames) : new Counting(frames);
}

const enough = 'enough';

/** What ended it: `enough`, a signal, or what QEMU's hanging up can mean. Throws what the viewer cannot take. */
function endOf(watch: Watch, viewer: Viewer): Promise<string> {
  return Promise.race([viewer.done.then(() => enough), watch.ended, whenAsked()]);
}

interface End {
  readonly ended: string;
  readonly frames: number | undefined;
}

function resultOf({ console, screen, answers }: Watch, viewer: Viewer, { ended, frames }: End) {
  const { updates, resizes, disabled, refused, fault, cursor } = screen;
  const reasons = [...viewer.reasons()];
  if (updates === 0) reasons.unshift('no picture came: the head shows nothing, or is off');
  if (refused > 0) reasons.push(`${refused} messages of QEMU could not be taken: ${fault ?? ''}`);
  if (frames !== undefined && ended !== enough) reasons.push(`ended before ${frames} frames: ${ended}`);
  return {
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
    head: { number: console.head, label: console.label, width: console.width, height: console.height },
    transports: [...screen.transports],
    ...{ updates, resizes, disabled, refused },
    answers: answers.given,
    cursor: cursor ?? null,
    ended,
    ...viewer.facts(),
  };
}

function print(result: ReturnType<typeof resultOf>, { json, y4m }: WatchCliOptions): void {
  const { verdict, reasons, head, transports, updates, answers, ended } = result;
  if (verdict !== 'pass') process.exitCode = failStatus;
  const output = y4m === '-' ? process.stderr : process.stdout;
  if (json === true) {
    output.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const came = transports.length === 0 ? 'as nothing' : `as ${transports.join(' and ')}`;
  const answered = answers === 0 ? '' : `, ${answers} answered`;
  output.write(
    `head ${head.number} of ${head.label}: ${updates} updates came ${came}${answered}; ended by: ${ended}\n`,
  );
  output.write(`${[verdict, ...reasons].join('\n  ')}\n`);
}
