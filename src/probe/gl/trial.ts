/** GL on the render GPU, tried in a process of its own. */
import type { PlaneFormats } from '../../gpus/index.js';
import type { Check, GlFacts } from '../report.js';
import type { TrialDevices } from '../trials.js';
import { checkDriver, glFacts, unaskedDriver } from './driver-checks.js';
import { runChild, toldOf, type ChildRun } from './run-child.js';
import { checkDrawing, checkShowing, isDone, unshown } from './trial-checks.js';

export interface GlTrial {
  readonly facts: GlFacts | null;
  /** The group `gl`. */
  readonly driver: readonly Check[];
  /** Beside the other trials. */
  readonly trials: readonly Check[];
  /** What the display would wait for; undefined where nothing could be drawn. */
  readonly implicit: 'pending' | 'none' | undefined;
}

export type RunGlChild = (words: readonly string[]) => Promise<ChildRun>;

/** Draws into memory; nothing on the screen changes. Never rejects. */
export async function tryGl(
  { render }: TrialDevices,
  planes: readonly PlaneFormats[] | undefined,
  run: RunGlChild = runChild,
): Promise<GlTrial> {
  const { node } = render;
  const ended = await run(['draw', node]);
  const fences = toldOf(ended, 'fences');
  return {
    facts: glFacts(ended, node, planes),
    driver: checkDriver(ended, node, planes),
    trials: checkDrawing(ended, node),
    implicit: fences !== undefined && 'value' in fences && isDone(ended, 'draw') ? fences.value.implicit : undefined,
  };
}

export function untriedGl(why: string): GlTrial {
  return { facts: null, driver: [unaskedDriver(why)], trials: [], implicit: undefined };
}

/** The screen shows what the GPU draws for a moment, and then what it showed before. Never rejects. */
export async function tryGlFlip(
  { render, display }: TrialDevices,
  { implicit }: GlTrial,
  run: RunGlChild = runChild,
): Promise<readonly Check[]> {
  if (implicit === undefined) return unshown(display.node);
  return checkShowing(await run(['show', render.node, display.node, implicit]), display.node);
}
