/** What the buttons and the keys do to a head's charts. */
import { at, type Frames } from './frames.js';
import type { TimeView } from './time-view.js';

const zoomStep = 0.5;
const panStep = 0.25;
/** So many refresh cycles are shown around a mark, at the most. */
const cyclesAroundMark = 40;

export type Commands = Readonly<Record<string, () => void>>;

export function commandsOf(frames: Frames, view: TimeView): Commands {
  return {
    'zoom-in': () => view.zoom(zoomStep),
    'zoom-out': () => view.zoom(1 / zoomStep),
    earlier: () => view.pan(-panStep),
    later: () => view.pan(panStep),
    start: () => view.show(frames.startUs, frames.startUs + view.span),
    end: () => view.show(frames.endUs - view.span, frames.endUs),
    'previous-frame': () => stepFrame(frames, view, -1),
    'next-frame': () => stepFrame(frames, view, 1),
    'previous-mark': () => stepMark(frames, view, -1),
    'next-mark': () => stepMark(frames, view, 1),
    reset: () => view.reset(),
  };
}

export const keys: Readonly<Record<string, string>> = {
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  ArrowUp: 'zoom-in',
  ArrowDown: 'zoom-out',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  Home: 'start',
  End: 'end',
  ',': 'previous-frame',
  '.': 'next-frame',
  p: 'previous-mark',
  n: 'next-mark',
  '0': 'reset',
};

function stepFrame(frames: Frames, view: TimeView, step: 1 | -1): void {
  const from = view.selection?.index ?? frames.find((view.min + view.max) / 2) - step;
  const index = Math.min(frames.count - 1, Math.max(0, from + step));
  const atUs = at(frames.flippedUs, index);
  view.reveal(atUs);
  view.select({ atUs, index });
}

function stepMark(frames: Frames, view: TimeView, step: 1 | -1): void {
  const from = view.selection?.atUs ?? (step === 1 ? -Infinity : Infinity);
  const mark =
    step === 1 ? frames.marks.find(({ atUs }) => atUs > from) : frames.marks.findLast(({ atUs }) => atUs < from);
  if (mark === undefined) return;
  const span = Math.min(view.span, cyclesAroundMark * frames.data.periodUs);
  view.show(mark.atUs - span / 2, mark.atUs + span / 2);
  view.select({ atUs: mark.atUs, index: frames.find(mark.atUs) });
}
