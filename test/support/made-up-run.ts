/** Runs that never were, for what tells of runs: the flips as asked for, recorded and judged as a head's would be. */
import { GuestheadError } from '../../src/errors.js';
import { FlipStatistics, type HeadInfo } from '../../src/head/index.js';
import { type Flip } from '../../src/loop/index.js';
import { HeadTelemetry } from '../../src/head/telemetry.js';
import { Recording, judgeRun, type LoggedFault, type ReportedHead } from '../../src/report/index.js';
import { flipAt } from './flips.js';
import { HandClock } from './loop-rig.js';

export interface MadeUpRun {
  readonly connector?: string;
  readonly frames: number;
  readonly buffers?: number;
  /** Of frames by their number; a missed flip delays all that follow. */
  readonly changes?: Readonly<Record<number, Partial<Flip>>>;
  /** A fault comes right after the flips of these frames. */
  readonly faultsAfter?: readonly number[];
  /** Why the pace is not judged. */
  readonly emulation?: string;
}

const periodNs = 1e9 / 60;
/** Frames that are not measured, and the time from a flip to the release of the buffer before. */
const warmUp = 8;
const drainMs = 4;
/** A fence is sampled every so many frames. */
const fenceEvery = 4;

export function madeUpHead({ connector = 'Virtual-1', buffers = 4, ...run }: MadeUpRun): ReportedHead {
  const info = infoOf(connector, buffers);
  const clock = new HandClock();
  const bytesCopied = () => 0;
  const monitor = new HeadTelemetry(clock, () => info.display, bytesCopied);
  const statistics = new FlipStatistics(bytesCopied);
  const recording = new Recording(monitor);
  const flips = flipsOf(run, buffers);
  const faultsAfter = new Set(run.faultsAfter);
  for (const flip of flips) {
    clock.time = flip.timestampNs / 1e6;
    monitor.flipped(flip);
    if (flip.frame >= warmUp) statistics.record(flip);
    if (faultsAfter.has(flip.frame)) monitor.fault(madeUpFault);
    clock.time += drainMs + wave(flip.frame);
    if (flip.frame > 1) monitor.released((flip.frame - 1) % buffers);
    if (flip.frame % fenceEvery === 0) monitor.next(drainMs + wave(flip.frame));
  }
  recording.stop();
  const figures = {
    ...statistics.stats(),
    cpuMsPerFlip: 2.5,
    firstFlipMs: 700,
    firstFlip: { loadingMs: 300, mesaMs: 150, devicesMs: 150, drawMs: 60, flipMs: 40 },
    flushFenceMs: { p50: 4, p99: 5, max: 5 },
  };
  const faults = faultsAfter.size === 0 ? [] : [loggedFault(faultsAfter.size)];
  const pacing = { kind: 'timer-paced', advice: 'nothing to do' } as const;
  return {
    result: judgeRun(info, figures, { pacing, faults, host: null, failures: [], emulation: run.emulation }),
    recording,
    fromMs: (flips[warmUp - 1]?.timestampNs ?? Infinity) / 1e6,
    toMs: (flips.at(-1)?.timestampNs ?? 0) / 1e6,
  };
}

/** Has what a page must not take for markup. */
const madeUpFault = new GuestheadError('ERR_FLIP_TIMEOUT', 'No flip event within 2000 ms </script><b>&', {
  advice: 'look for what holds the host up',
});

function loggedFault(count: number): LoggedFault {
  const { code, message, advice = null } = madeUpFault;
  return { code, message, advice, count };
}

function flipsOf({ frames, changes = {} }: MadeUpRun, buffers: number): Flip[] {
  let missed = 0;
  return Array.from({ length: frames }, (_, i) => {
    const [frame, change] = [i + 1, changes[i + 1] ?? {}];
    missed += change.missed ?? 0;
    const timestampNs = 1e12 + (frame + missed) * periodNs + 2e5 * wave(frame);
    const times = { commitMs: 0.4 + wave(frame) / 5, flipMs: 14 + wave(frame), latencyMs: 27 + wave(frame), drawMs: 3 };
    return flipAt(frame, { slot: frame % buffers, timestampNs, ...times, ...change });
  });
}

/** 0 to 1, the same each time. */
function wave(frame: number): number {
  return Math.sin(frame * 1.7) / 2 + 0.5;
}

function infoOf(connector: string, buffers: number): HeadInfo {
  return {
    path: 'import',
    refused: [],
    render: { node: '/dev/dri/card1', driver: 'vgem', backend: 'drm', standIn: true },
    display: {
      node: '/dev/dri/card0',
      driver: 'virtio_gpu',
      connector,
      head: 0,
      make: 'Red Hat',
      model: 'QEMU Monitor',
    },
    mode: { width: 1920, height: 1080, refreshHz: 60 },
    buffers,
    update: 'flip',
    presentMode: 'fifo',
    deadline: false,
  };
}
