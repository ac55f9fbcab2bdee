/** A frame's figures in words. */
import { frameFlags } from '../report-data.js';
import { at, type Frames, type Mark } from './frames.js';
import type { Selection } from './time-view.js';

export function describeFrame(frames: Frames, { index }: Selection): string {
  const { frame, slot, flippedUs, drawUs, commitUs, flipUs, latencyUs, drainUs, flags, dropped } = frames.data.frames;
  const interval = frames.intervalUs(index);
  const drain = drainUs[index] ?? null;
  const figures = [
    `drawn in ${ms(at(drawUs, index))}`,
    `commit ${ms(at(commitUs, index))}`,
    `flip ${ms(at(flipUs, index))}`,
    `draw to flip ${ms(at(latencyUs, index))}`,
    ...(interval === null ? [] : [`${ms(interval)} after the flip before`]),
    ...(drain === null ? [] : [`free ${ms(drain)} after the next flip`]),
  ];
  const remarks = [
    ...(frames.isMeasured(at(flippedUs, index)) ? [] : ['not measured']),
    ...((at(flags, index) & frameFlags.starved) === 0 ? [] : ['no buffer was free']),
    ...((at(flags, index) & frameFlags.drawnLate) === 0 ? [] : ['drawn late']),
    ...(at(dropped, index) === 0 ? [] : [`${at(dropped, index)} frames dropped before it`]),
  ];
  const seconds = (at(flippedUs, index) / 1e6).toFixed(4);
  return [
    `frame ${at(frame, index)} in buffer ${at(slot, index)}, on the screen at ${seconds} s`,
    ...figures,
    ...remarks,
  ].join('; ');
}

/** The marks that are at most so far from where one points. */
export function describeMarks(marks: readonly Mark[], { atUs }: Selection, withinUs: number): string {
  return marks
    .filter((mark) => Math.abs(mark.atUs - atUs) <= withinUs)
    .slice(0, 3)
    .map(({ text }) => text)
    .join('; ');
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(3)} ms`;
}
