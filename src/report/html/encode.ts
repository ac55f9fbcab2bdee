/** A recording as the columns of numbers that a page carries. */
import type { RecordedFrame } from '../recording.js';
import { frameFlags, type FrameColumns, type HeadData } from './report-data.js';
import type { ChartedHead, RecordedRun } from './report.js';

/** The earliest moment in all the recordings, CLOCK_MONOTONIC, ms: the page's time 0. */
export function originOf(heads: readonly Pick<ChartedHead, 'recording'>[]): number {
  const earliest = heads.flatMap(({ recording }) => {
    const { faults, flushFences } = sinceFirstFrame(recording);
    return [
      ...recording.frames.slice(0, 16).map(({ drawStartMs }) => drawStartMs), // several are drawn before the first is shown
      ...faults.slice(0, 1).map(({ atMs }) => atMs),
      ...flushFences.slice(0, 1).map(({ atMs, ms }) => atMs - ms),
    ];
  });
  return earliest.length === 0 ? 0 : Math.min(...earliest);
}

/** What belongs to frames that are forgotten would stand in empty charts. */
function sinceFirstFrame({
  frames,
  faults,
  flushFences,
  forgotten,
}: RecordedRun): Pick<RecordedRun, 'faults' | 'flushFences'> {
  const fromMs = forgotten > 0 ? (frames[0]?.committedMs ?? -Infinity) : -Infinity;
  return {
    faults: faults.filter(({ atMs }) => atMs >= fromMs),
    flushFences: flushFences.filter(({ atMs }) => atMs >= fromMs),
  };
}

export function encodeHead({ result, recording, fromMs, toMs }: ChartedHead, originMs: number): HeadData {
  const at = (ms: number) => microseconds(ms - originMs);
  const { faults, flushFences } = sinceFirstFrame(recording);
  return {
    connector: result.display.connector,
    lanes: lanesOf(result, recording),
    periodUs: microseconds(1000 / result.mode.refreshHz),
    measuredUs: Number.isFinite(fromMs) && toMs > fromMs ? [at(fromMs), at(toMs)] : null,
    frames: encodeFrames(recording.frames, at),
    flushFences: {
      atUs: flushFences.map(({ atMs }) => at(atMs)),
      us: flushFences.map(({ ms }) => microseconds(ms)),
    },
    faults: faults.map(({ fault: { code, message }, atMs }) => ({ atUs: at(atMs), code, message })),
  };
}

function lanesOf({ buffers }: ChartedHead['result'], { frames }: RecordedRun): number {
  return frames.reduce((most, { flip }) => Math.max(most, flip.slot + 1), buffers);
}

function encodeFrames(frames: readonly RecordedFrame[], at: (ms: number) => number): FrameColumns {
  return {
    frame: frames.map(({ flip }) => flip.frame),
    slot: frames.map(({ flip }) => flip.slot),
    flippedUs: frames.map(({ flippedMs }) => at(flippedMs)),
    drawUs: frames.map(({ flip }) => microseconds(flip.drawMs)),
    commitUs: frames.map(({ flip }) => microseconds(flip.commitMs)),
    flipUs: frames.map(({ flip }) => microseconds(flip.flipMs)),
    latencyUs: frames.map(({ flip }) => microseconds(flip.latencyMs)),
    drainUs: frames.map(drainOf),
    missed: frames.map(({ flip }) => flip.missed),
    dropped: frames.map(({ flip }) => flip.dropped),
    flags: frames.map(flagsOf),
  };
}

/** The event loop may hear of both in one turn: never negative. */
function drainOf({ releasedMs, replacedMs }: RecordedFrame): number | null {
  const ms = releasedMs - replacedMs;
  return Number.isNaN(ms) ? null : Math.max(0, microseconds(ms));
}

function flagsOf({ flip: { tearRisk, starved, drawnLate } }: RecordedFrame): number {
  return (
    (tearRisk ? frameFlags.tearRisk : 0) + (starved ? frameFlags.starved : 0) + (drawnLate ? frameFlags.drawnLate : 0)
  );
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
