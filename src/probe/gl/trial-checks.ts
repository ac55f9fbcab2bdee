/** What drawing and showing came to, as checks among the trials. */
import { failed, no, ok, statusOfFailure, unknown, type Question } from '../check.js';
import type { Check } from '../report.js';
import { broken, untriedStep } from './driver-checks.js';
import { toldOf, type ChildRun } from './run-child.js';
import {
  errorOf,
  type DrawFacts,
  type FactsOf,
  type FenceFacts,
  type ShowFacts,
  type Step,
  type WaitFacts,
} from './told.js';

/** A flip this much before the fence may be one of the vblank's own time, which is told a little early. */
const earlyShare = 0.5;

export function checkDrawing(run: ChildRun, device: string): Check[] {
  const draw: Question = {
    id: 'trials.draw',
    why: 'the GPU draws into an imported buffer and the CPU reads its memory: what the display will read',
    device,
  };
  const fences: Question = {
    id: 'trials.fences',
    why: 'a frame that is handed over before it is drawn shows half drawn, unless a fence goes with it or hangs on its dma-buf',
    device,
  };
  if (!isDone(run, 'driver')) return [untriedStep(draw, 'driver'), untriedStep(fences, 'driver')];
  const drawn = checkStep(run, 'draw', draw, judgeDraw);
  if (!isDone(run, 'draw')) return [drawn, untriedStep(fences, 'draw')];
  return [drawn, checkStep(run, 'fences', fences, judgeFences)];
}

export function checkShowing(run: ChildRun, device: string): Check[] {
  const show: Question = { id: 'trials.gl-flip', why: 'frames that the GPU has drawn, on the screen', device };
  const wait: Question = {
    id: 'trials.implicit',
    why: 'a display that ignores the fence on a frame’s dma-buf shows unfinished frames of every program without explicit sync',
    device,
  };
  const shown = checkStep(run, 'show', show, judgeShow);
  if (!isDone(run, 'show')) return [shown, untriedStep(wait, 'show')];
  return [shown, checkStep(run, 'wait', wait, judgeWait)];
}

/** Where drawing alone has failed. */
export function unshown(device: string): Check[] {
  const question: Question = { id: 'trials.gl-flip', why: 'frames that the GPU has drawn, on the screen', device };
  return [untriedStep(question, 'draw')];
}

export function isDone(run: ChildRun, step: Step): boolean {
  const told = toldOf(run, step);
  return told !== undefined && 'value' in told;
}

/** What the step's own failure is, or the process's, or what `judge` makes of the facts. */
function checkStep<S extends Step>(
  run: ChildRun,
  step: S,
  question: Question,
  judge: (question: Question, facts: FactsOf[S]) => Check,
): Check {
  const told = toldOf(run, step);
  if (told === undefined)
    return broken(question, run, 'draw with the CPU, and report the driver’s fault to its makers');
  if ('value' in told) return judge(question, told.value);
  const error = errorOf(told.failure);
  return failed(question, error, statusOfFailure(error));
}

function judgeDraw(question: Question, { width, height, wrongPixels, firstMs, nextMs }: DrawFacts): Check {
  const times = `the first drawing took ${ms(firstMs)}, the next ${ms(nextMs)}`;
  if (wrongPixels === 0) return ok(question, `${width}x${height} drawn, and the CPU reads the very pixels; ${times}`);
  const found = `${wrongPixels} of ${width * height} pixels are not what was drawn; ${times}`;
  return no(
    question,
    found,
    'the driver’s fence came too early, or it does not draw into the memory that others read: try a newer Mesa',
  );
}

function judgeFences(question: Question, { slowMs, native, implicit, implicitBy, drewOnMs }: FenceFacts): Check {
  const explicit = {
    pending: 'native fence: pending when it came, as it should be',
    signalled: 'native fence: it had signalled when it came, the driver waits in the call',
    none: 'native fence: none',
  }[native ?? 'none'];
  const onBuffer =
    implicit === 'pending'
      ? `implicit fence: ${implicitBy ?? 'a driver'}’s is pending on the dma-buf`
      : `implicit fence: none on the dma-buf, while the GPU drew on for ${ms(drewOnMs)}`;
  const found = `a drawing of ${ms(slowMs)}; ${explicit}; ${onBuffer}`;
  if (native !== null || implicit === 'pending') return ok(question, found);
  return no(
    question,
    found,
    'guesthead waits for the driver’s finish by itself; a program with EGL of its own has to call glFinish before it hands a frame over',
  );
}

function judgeShow(question: Question, { path, fenceKind, flipMs }: ShowFacts): Check {
  return ok(question, `${path}: drawn by the GPU, told by ${fenceKind}, flip event ${ms(flipMs)} after the commit`);
}

/** The question that kernel people ask; the fence is the only one that the frame had. */
function judgeWait(question: Question, { by, heldMs, flippedAfterMs, periodMs }: WaitFacts): Check {
  if (by === null)
    return unknown(
      question,
      'this driver puts no fence on the dma-buf: there is nothing that the display could wait for',
      'to ask it of the display alone, load vgem and run the probe with `--render vgem`',
    );
  const whose = by === 'vgem' ? 'a fence of vgem, which stands in for a GPU’s own' : `${by}’s own fence`;
  const held = `${whose}, signalled ${ms(heldMs)} after the hand-over`;
  const isLate = flippedAfterMs >= -earlyShare * periodMs;
  if (isLate)
    return ok(question, `the display waits: ${held}; the flip came ${ms(Math.max(0, flippedAfterMs))} after it`);
  return no(
    question,
    `the display does not wait: ${held}; the flip came ${ms(-flippedAfterMs)} before it`,
    'use Linux 6.16 or later in the guest: 6.14 and 6.15 ignore the fences of imported buffers; or hand each frame over with a native fence or after a finish',
  );
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
