/** What a client says of a surface up to a commit, and what several commits add up to that are applied as one. */
import { around, mostRectangles, type Rectangle } from '../buffer/index.js';
import { appended } from '../lists.js';
import type { Feedback } from './feedback.js';
import type { Callback } from './frame-callbacks.js';
import type { StateChange } from './surface-state.js';

export interface Commit {
  readonly change: StateChange;
  /** In the surface's own pixels, and in the buffer's. */
  readonly damage: readonly Rectangle[];
  readonly bufferDamage: readonly Rectangle[];
  /** Whoever applies it takes them over. */
  readonly callbacks: Callback[];
  readonly feedbacks: readonly Feedback[];
  /** By how much the picture moved (wl_surface.offset). */
  readonly offset: Offset;
  /** What else comes to pass when it is applied: by name, so that a later one takes the place of an earlier one. */
  readonly effects: ReadonlyMap<unknown, () => void>;
  /** What synchronised subsurfaces had committed by then. */
  readonly children: ReadonlyMap<CommitTarget, Commit>;
  /** It is not applied before the picture before it has been taken to the screen. */
  readonly waitsForBarrier: boolean;
  /** Nor before this time, of CLOCK_MONOTONIC. */
  readonly notBeforeMs: number | undefined;
  /** Where a parent's commit has it with it: its place among those of its own surface (CommitQueue). */
  readonly turn: number | undefined;
}

/** A surface. */
interface CommitTarget {
  applyTaken(commit: Commit): void;
  /** As `Content.whenDrawn`, of what it had committed for itself before. */
  whenDrawn(tell: () => void): (() => void) | undefined;
  dropTaken(commit: Commit): void;
}

export interface Offset {
  readonly x: number;
  readonly y: number;
}

const none: readonly Rectangle[] = [];
const still: Offset = { x: 0, y: 0 };
/** In place of one for each commit. */
const noEffects = new Map<unknown, () => void>();
const noChildren = new Map<CommitTarget, Commit>();

type Changing = { -readonly [Key in keyof StateChange]: StateChange[Key] };

/** Filled by requests. */
export class PendingCommit implements Commit {
  readonly change: Changing = {};
  damage = none;
  bufferDamage = none;
  callbacks: Callback[] = [];
  feedbacks: Feedback[] = [];
  offset = still;
  effects = noEffects;
  children = noChildren;
  waitsForBarrier = false;
  notBeforeMs: number | undefined;
  readonly turn = undefined;

  addDamage(box: Rectangle): void {
    this.damage = together(this.damage, real(box));
  }

  addCallback(callback: Callback): void {
    this.callbacks = appended(this.callbacks, callback);
  }

  addFeedback(feedback: Feedback): void {
    this.feedbacks = appended(this.feedbacks, feedback);
  }

  /** In the place of an earlier one of that name. */
  setEffect(name: unknown, effect: () => void): void {
    if (this.effects === noEffects) this.effects = new Map();
    this.effects.set(name, effect);
  }

  /** The child's waits with it, until the latest of their times; where a surface stands on another there is no barrier. */
  takeChild(child: CommitTarget, commit: Commit): void {
    if (this.children === noChildren) this.children = new Map();
    this.children.set(child, commit);
    this.notBeforeMs = latest(this.notBeforeMs, commit.notBeforeMs);
  }

  addBufferDamage(box: Rectangle): void {
    this.bufferDamage = together(this.bufferDamage, real(box));
  }
}

/** The later one on top; its picture takes the place of the earlier one's, which was never seen. */
export function merged(earlier: Commit | undefined, later: Commit): Commit {
  if (earlier === undefined) return later;
  const replaced = earlier.change.content?.value;
  if (later.change.content !== undefined) replaced?.release();
  for (const feedback of earlier.feedbacks) feedback.discard();
  return {
    change: { ...earlier.change, ...later.change },
    damage: together(earlier.damage, later.damage),
    bufferDamage: together(earlier.bufferDamage, later.bufferDamage),
    callbacks: [...earlier.callbacks, ...later.callbacks],
    feedbacks: later.feedbacks,
    offset: { x: earlier.offset.x + later.offset.x, y: earlier.offset.y + later.offset.y },
    effects: new Map([...earlier.effects, ...later.effects]),
    children: withChildren(earlier.children, later.children),
    waitsForBarrier: earlier.waitsForBarrier || later.waitsForBarrier,
    notBeforeMs: latest(earlier.notBeforeMs, later.notBeforeMs),
    turn: later.turn ?? earlier.turn,
  };
}

function withChildren(earlier: Commit['children'], later: Commit['children']): Commit['children'] {
  const children = new Map(earlier);
  for (const [child, commit] of later) children.set(child, merged(children.get(child), commit));
  return children;
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** As `Content.whenDrawn`, for the first of its buffers and its children's that is late. */
export function whenDrawn(
  { change, children }: Pick<Commit, 'change' | 'children'>,
  tell: () => void,
): (() => void) | undefined {
  const { value, sync } = change.content ?? {};
  const own = (sync ?? value)?.whenDrawn(tell);
  if (own !== undefined) return own;
  for (const [child, taken] of children) {
    const stop = child.whenDrawn(tell) ?? whenDrawn(taken, tell);
    if (stop !== undefined) return stop;
  }
  return undefined;
}

/** A commit that is never applied. */
export function dropped(commit: Commit): void {
  for (const [child, taken] of commit.children) child.dropTaken(taken);
  commit.change.content?.value?.release();
  for (const feedback of commit.feedbacks) feedback.discard();
}

/** A client may damage nothing. */
function real(box: Rectangle): readonly Rectangle[] {
  return box.width > 0 && box.height > 0 ? [box] : none;
}

/** Mostly one has all. */
export function together(some: readonly Rectangle[], more: readonly Rectangle[]): readonly Rectangle[] {
  if (some.length === 0) return more;
  return more.length === 0 ? some : few([...some, ...more]);
}

/** A client may say as many as it likes. */
export function few(rectangles: readonly Rectangle[]): readonly Rectangle[] {
  return rectangles.length <= mostRectangles ? rectangles : [around(rectangles)];
}
