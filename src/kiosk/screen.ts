/** One head's picture: drawn when it has changed and the head can show it. */
import type { Subscription } from 'rxjs';
import type { Rectangle } from '../buffer/index.js';
import { DamageHistory } from '../gl/index.js';
import type { Head } from '../head/index.js';
import type { Frame, Outcome } from '../loop/index.js';
import { answerShown, type Callback, type SlowCallbacks } from './frame-callbacks.js';
import type { Output } from './output.js';
import type { Painter } from './painter.js';
import { Placement } from './placement.js';
import type { Feedback } from './feedback.js';
import { nodesOf, surfaceAt, type Placed, type SceneNode } from './scene.js';
import { SceneChanges } from './scene-changes.js';
import type { Surface } from './surface.js';
import type { Size } from './surface-state.js';
import { visibleOf } from './visible.js';

export interface ScreenCounts {
  /** Came to the screen. */
  shown: number;
  /** Were taken over by a newer one, or could not be shown. */
  discarded: number;
  /** Out of clients' buffers into backbuffers. */
  bytesCopied: number;
}

export interface ScreenParts {
  readonly head: Head;
  readonly output: Output;
  readonly painter: Painter;
  readonly slow: SlowCallbacks;
  /** What it shows, from the lowest to the highest. */
  readonly roots: () => readonly Placed[];
}

/** What a frame has of its surfaces' wishes to be told. */
interface Told {
  readonly surface: Surface;
  readonly callbacks: readonly Callback[];
  readonly feedbacks: readonly Feedback[];
}

export class Screen {
  readonly counts: ScreenCounts = { shown: 0, discarded: 0, bytesCopied: 0 };
  readonly #history = new DamageHistory();
  readonly #changes = new SceneChanges();
  readonly #turns: Subscription;
  #placement: Placement;
  #nodes: readonly SceneNode[] = [];
  #changed = true;
  #mayPresent = false;

  constructor(private readonly parts: ScreenParts) {
    this.#placement = new Placement(parts.output.geometry);
    this.#turns = parts.head.turn$.subscribe(() => {
      this.#mayPresent = true;
      this.#draw();
    });
  }

  /** As clients see the head. */
  get logical(): Size {
    return this.#placement.logical;
  }

  /** A surface has committed something, or windows were opened, moved or closed. */
  changed(): void {
    this.#changed = true;
    this.#draw();
  }

  /** The head has another mode, or is turned or scaled otherwise. */
  resized(): void {
    this.#placement = new Placement(this.parts.output.geometry);
    this.changed();
  }

  /** Which surface is seen at a point of the head, in logical pixels, and takes what happens there. */
  at(x: number, y: number): Placed | undefined {
    return surfaceAt(nodesOf(this.parts.roots()), x, y);
  }

  close(): void {
    this.#turns.unsubscribe();
  }

  #draw(): void {
    if (!this.#changed || !this.#mayPresent) return;
    const frame = this.parts.head.acquire();
    if (frame === undefined) return; // a turn comes when one is free
    this.#changed = false;
    this.#mayPresent = false;
    this.#look();
    const damage = this.#paint(frame);
    const told = this.#nodes.map(({ surface }) => ({
      surface,
      callbacks: surface.takeCallbacks(),
      feedbacks: surface.takeFeedbacks(),
    }));
    this.parts.head.present(frame, { damage, onOutcome: (outcome) => this.#ended(outcome, told) });
  }

  #look(): void {
    const nodes = visibleOf(nodesOf(this.parts.roots()), this.#placement);
    for (const surface of this.#changes.left(nodes)) this.parts.output.leave(surface);
    const before = new Set(this.#nodes.map(({ surface }) => surface));
    for (const { surface } of nodes) if (!before.has(surface)) this.parts.output.enter(surface);
    this.#nodes = nodes;
  }

  /** What differs from the frame before; undefined = all of it. */
  #paint(frame: Frame): readonly Rectangle[] | undefined {
    const { painter } = this.parts;
    const damage = this.#changes.next(this.#nodes, this.#placement);
    const stale = this.#history.add(frame, damage) ?? [{ x: 0, y: 0, width: frame.width, height: frame.height }];
    this.counts.bytesCopied += painter.paint(frame, this.#nodes, this.#placement, stale);
    return damage;
  }

  #ended(outcome: Outcome, told: readonly Told[]): void {
    if (outcome.kind === 'shown') {
      this.counts.shown++;
      for (const { surface, callbacks, feedbacks } of told) {
        for (const feedback of feedbacks)
          feedback.presented(outcome, false, this.parts.output.of(surface.resource.client));
        answerShown(callbacks, outcome.timestampNs);
      }
      return;
    }
    this.counts.discarded++;
    if (outcome.reason !== 'replaced') this.#changed = true;
    for (const { surface, callbacks, feedbacks } of told) {
      for (const feedback of feedbacks) feedback.discard();
      surface.giveBack(callbacks);
      this.parts.slow.watch(surface);
    }
  }
}
