/**
 * Charts of this program itself, live on the first head: each flip brings one sample to each of them.
 *
 *   node --import tsx examples/dashboard.ts [--frames N]
 *
 * A canvas paints them, of which only what is new is uploaded (dashboard-chart.ts), and the render GPU makes the picture. Standard output
 * gets one JSON object, at the end, on Ctrl-C or after N flips. Text needs a font: on Debian, fonts-dejavu-core.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openGpus, type Draw, type Flip, type Frame, type GlJob, type Rectangle } from 'guesthead';
import { filter, fromEvent, lastValueFrom, merge, take, takeUntil, tap } from 'rxjs';
import { Chart, type Measure } from './dashboard-chart.js';

const background = [0x0c / 255, 0x12 / 255, 0x1c / 255, 1] as const;
const margin = 16;

/** The newest figures, in ms. */
const latest = { flippedAt: 0, flip: 0, drawing: 0 };

function noteFlip({ timestampNs }: Flip): void {
  const at = timestampNs / 1e6;
  if (latest.flippedAt !== 0) latest.flip = at - latest.flippedAt;
  latest.flippedAt = at;
}

function noteDrawing({ drawMs }: GlJob): void {
  latest.drawing = drawMs;
}

/** Percent of the time since the last call. */
function meanwhile(busyMs: () => number): () => number {
  let last = { at: performance.now(), busy: busyMs() };
  return () => {
    const now = { at: performance.now(), busy: busyMs() };
    const part = (now.busy - last.busy) / (now.at - last.at);
    last = now;
    return part * 100;
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage(); // microseconds
  return (user + system) / 1000;
}

const measures: readonly Measure[] = [
  { title: 'From flip to flip', unit: 'ms', colour: '#5fd38d', most: 50, sample: () => latest.flip },
  { title: 'The GPU draws', unit: 'ms', colour: '#5fb8f0', most: 50, sample: () => latest.drawing },
  {
    ...{ title: 'CPU, all threads', unit: '%', colour: '#f0b35f', most: 200 },
    sample: meanwhile(cpuMs),
  },
  {
    ...{ title: 'JavaScript thread', unit: '%', colour: '#e06c9f', most: 100 },
    sample: meanwhile(() => performance.eventLoopUtilization().active),
  },
];

/** Two in a row; whole pixels. */
function boxOf(index: number, { width, height }: Frame): Rectangle {
  const [right, down] = [index % 2, Math.floor(index / 2)];
  const [across, along] = [Math.floor((width - 3 * margin) / 2), Math.floor((height - 3 * margin) / 2)];
  return { x: margin + right * (across + margin), y: margin + down * (along + margin), width: across, height: along };
}

const { values } = parseArgs({ options: { frames: { type: 'string', default: 'Infinity' } } });
const gpus = await openGpus();
const gl = await gpus.openGl();
gl.jobs$.pipe(filter(({ what }) => what === 'compose')).subscribe(noteDrawing);
const head = await gpus.openHead({ source: 'gpu' });
process.stderr.write(`charts on ${head.info.display.connector}, drawn by ${gl.info.renderer}\n`);

let charts: readonly Chart[] = [];
let size = '';

/** Of the size that the head has now: what was painted for another is of no use. */
async function chartsFor(frame: Frame): Promise<readonly Chart[]> {
  const wanted = `${frame.width}x${frame.height}`;
  if (size === wanted) return charts;
  for (const chart of charts) chart.close();
  const boxes = measures.map((measure, index) => ({ measure, ...boxOf(index, frame) }));
  charts = await Promise.all(boxes.map(({ measure, width, height }) => Chart.create(gl, measure, width, height)));
  size = wanted;
  return charts;
}

const draw: Draw = async (frame) => {
  const boxes = measures.map((_, index) => boxOf(index, frame));
  const shown = await chartsFor(frame);
  for (const chart of shown) chart.advance();
  const layers = shown.flatMap((chart, index) => chart.layers(boxes[index]?.x ?? 0, boxes[index]?.y ?? 0));
  if (frame.age === 0) return gl.compose(frame, { background, layers });
  for (const { x, y, width, height } of boxes) frame.damaged(x, y, width, height);
  return gl.compose(frame, { background, layers, damage: boxes });
};

try {
  const stop$ = merge(...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal)));
  const flips$ = head.flips(draw).pipe(tap(noteFlip), take(Number(values.frames)), takeUntil(stop$));
  await lastValueFrom(flips$, { defaultValue: undefined });
} finally {
  const { frames, missedFlips } = head.stats();
  const uploaded = charts.reduce((sum, chart) => sum + chart.uploaded, 0);
  console.log(JSON.stringify({ frames, missedFlips, size, uploadedPixels: uploaded }));
  gpus.close(); // and the screen shows again what it showed before
}
