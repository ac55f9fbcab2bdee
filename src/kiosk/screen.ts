/** One head's picture: drawn when it has changed and the head can show it. */
import { DamageHistory } from '../gl/index.js';
import type { Head } from '../head/index.js';
import { afterThisTurn, type DiscardReason, type Frame, type Outcome, type PresentOptions } from '../loop/index.js';
import type { Backdrop } from './backdrop.js';
import { black, wayOf, type Way } from './direct.js';
import type { Shown } from './feedback.js';
import { GuestheadError } from '../errors.js';
import type { Native } from '../native/index.js';
import { answerShown, type SlowCallbacks } from './frame-callbacks.js';
import type { GpuDrawing, OpenGl } from './gl-choice.js';
import { GlPainter, type DrawnScene } from './gl-painter.js';
import { Imports } from './imports.js';
import { InFlight } from './in-flight.js';
import { LastPicture } from './last-picture.js';
import type { Output } from './output.js';
import type { Painter, Stale } from './painter.js';
import type { Placement } from './placement.js';
import { ReleaseOrder, type HeldBefore } from './release-order.js';
import { isSameSurfaces, nodesOf, surfacesOf, type Placed, type SceneNode } from './scene.js';
import { ScreenCounts } from './screen-counts.js';
import { SceneChanges } from './scene-changes.js';
import { toldOf, type Told } from './told.js';
import { visibleOf } from './visible.js';

export interface ScreenParts {
  readonly head: Head;
  readonly output: Output;
  readonly painter: Painter;
  readonly addon: Pick<Native, 'mapDmabuf'>;
  /** Undefined: the CPU draws. */
  readonly openGl: OpenGl | undefined;
  readonly onDrawn: (drawing: GpuDrawing) => void;
  readonly slow: SlowCallbacks;
  /** Where nothing is; undefined: the last picture stays while there is nothing at all. */
  readonly background: Backdrop | undefined;
  /** A frame with something of a client's has come to the screen. */
  readonly onClientShown: () => void;
  /** What it shows, from the lowest to the highest. */
  readonly roots: () => readonly Placed[];
  /** A frame could not be drawn; the one before it stays. */
  readonly onFault: (error: unknown) => void;
}

const nsPerMs = 1e6;

/** One frame's end: who is told, and which buffers have to be released before they are. */
interface Ending {
  readonly told: readonly Told[];
  readonly before: HeldBefore;
  /** Why it was drawn; undefined: it is a client's own buffer. */
  readonly why: string | undefined;
}

export class Screen {
  readonly counts = new ScreenCounts();
  /** When its last frame came to the screen: CLOCK_MONOTONIC. */
  flippedMs = -Infinity;
  readonly #history = new DamageHistory();
  readonly #changes = new SceneChanges();
  readonly #releases = new ReleaseOrder();
  readonly #imports: Imports;
  readonly #inFlight: InFlight;
  readonly #last: LastPicture;
  readonly #gl: GlPainter | undefined;
  #closed = false;
  #background: Backdrop | undefined;
  #blank = false;
  #nodes: readonly SceneNode[] = [];
  #changed = true;
  #mayPresent = false;
  /** A frame that is to be presented before any other. */
  #gpuDraws = false;
  /** At the end of this turn. */
  #drawing = false;

  constructor(private readonly parts: ScreenParts) {
    this.#background = parts.background;
    this.#imports = new Imports(parts.head);
    this.#inFlight = new InFlight(parts.slow);
    this.#last = new LastPicture(parts.addon);
    this.#gl = parts.openGl && new GlPainter(parts.openGl, parts.onDrawn);
  }

  /** The next present would be committed at once. */
  turn(): void {
    this.#mayPresent = true;
    this.#drawOrTell();
  }

  /**
   * A surface has committed something, or windows were opened, moved or closed. It is drawn at the end of this turn: one
   * commit may change many surfaces, and all of them are to be seen changed at once.
   */
  changed(): void {
    this.#changed = true;
    if (this.#drawing) return;
    this.#drawing = true;
    afterThisTurn(this.#drawChanged);
  }

  /** As `background` at its opening. */
  setBackground(background: Backdrop | undefined): void {
    this.#background = background;
    this.#changes.forget();
    this.changed();
  }

  /** Black, whatever there is. */
  setBlank(blank: boolean): void {
    if (blank === this.#blank) return;
    this.#blank = blank;
    if (blank && this.#background === undefined) this.#last.keep();
    this.#changes.forget();
    this.changed();
  }

  close(): void {
    this.#closed = true;
    this.#imports.close();
    this.#gl?.close();
  }

  get #placement(): Placement {
    return this.parts.output.placement;
  }

  readonly #drawChanged = (): void => {
    this.#drawing = false;
    if (!this.#closed) this.#drawOrTell();
  };

  /** What one client shows must not end the kiosk. */
  #drawOrTell(): void {
    try {
      this.#draw();
    } catch (error) {
      this.#changed = false;
      this.#changes.forget();
      this.#history.forget();
      this.parts.onFault(error);
    }
  }

  #draw(): void {
    if (!this.#changed || !this.#mayPresent || this.#gpuDraws) return;
    this.#look();
    if (this.#keepsLast) {
      this.#changed = false;
      return;
    }
    const way = wayOf(this.#nodes, this.#placement, this.#background ?? black, this.#imports);
    const why = typeof way === 'string' ? way : this.#show(way);
    if (why !== undefined && !this.#compose(why)) return; // a turn comes when a buffer is free
    this.#changed = false;
    this.#mayPresent = false;
  }

  get #keepsLast(): boolean {
    return this.#isLeftAlone && !this.#last.kept && this.counts.shown > 0;
  }

  /** What was shown last is to be seen. */
  get #isLeftAlone(): boolean {
    return !this.#blank && this.#nodes.length === 0 && this.#background === undefined;
  }

  /** Why it cannot be presented, and the scene has to be drawn after all; undefined: it is on its way. */
  #show({ buffer, content }: Way): string | undefined {
    const ending = { told: this.#told(true), before: this.#releases.heldBefore(content), why: undefined };
    const held = this.#releases.hold(content);
    const onReleased = () => {
      content.release();
      held();
    };
    content.hold();
    try {
      const damage = this.#changes.next(this.#nodes, this.#placement);
      this.parts.head.present(buffer, { damage, onOutcome: (outcome) => this.#ended(outcome, ending), onReleased });
      this.#history.forget();
      this.#last.presented(buffer.memory);
      return undefined;
    } catch (error) {
      onReleased();
      this.#giveBack(ending.told);
      this.#changes.forget();
      return this.#imports.refuse(content, error);
    }
  }

  /** False while no backbuffer is free. */
  #compose(why: string): boolean {
    const frame = this.parts.head.acquire();
    if (frame === undefined) return false;
    const damage = this.#changes.next(this.#nodes, this.#placement);
    const stale = {
      parts: this.#history.add(frame, damage) ?? [{ x: 0, y: 0, width: frame.width, height: frame.height }],
      background: this.#blank ? black : (this.#background ?? black),
    };
    const ending = { told: this.#told(false), before: this.#releases.heldBefore(undefined), why };
    const drawn = this.#last.kept ? undefined : this.#gl?.draw(frame, this.#nodes, this.#placement, stale);
    if (drawn === undefined) this.#paint(frame, stale, damage, ending);
    else void this.#presentDrawn(frame, drawn, damage, ending);
    return true;
  }

  /** What the GPU does not draw after all, the CPU does. */
  async #presentDrawn(
    frame: Frame,
    drawing: Promise<DrawnScene>,
    damage: PresentOptions['damage'],
    ending: Ending,
  ): Promise<void> {
    let drawn: DrawnScene | undefined;
    this.#gpuDraws = true;
    try {
      drawn = await drawing;
      this.#gpuDraws = false;
      this.#mayPresent = false;
      if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The screen is closed');
      this.#present(frame, { damage, fence: drawn.fence }, ending);
      this.counts.byGpu++;
      this.counts.bytesCopied += drawn.bytesCopied;
    } catch {
      this.#gpuDraws = false;
      drawn?.fence?.close();
      this.#notDrawn(frame, ending);
    }
  }

  #notDrawn(frame: Frame, { told }: Ending): void {
    this.parts.head.cancel(frame);
    this.#giveBack(told);
    this.#changes.forget();
    this.#history.forget();
    if (this.#closed) return;
    this.#mayPresent = true;
    this.changed();
  }

  #present(frame: Frame, options: PresentOptions, ending: Ending): void {
    this.parts.head.present(frame, { ...options, onOutcome: (outcome) => this.#ended(outcome, ending) });
    if (ending.why !== undefined) this.counts.drew(ending.why);
    if (!this.#blank) this.#last.presented(frame.memory);
  }

  #told(isDirect: boolean): readonly Told[] {
    const told = toldOf(this.#nodes);
    this.#inFlight.add(told, isDirect);
    return told;
  }

  #look(): void {
    const nodes = this.#blank ? [] : visibleOf(nodesOf(this.parts.roots()), this.#placement);
    if (!isSameSurfaces(this.#nodes, nodes)) this.#tellSeen(nodes);
    this.#nodes = nodes;
  }

  #tellSeen(nodes: readonly SceneNode[]): void {
    const [before, now] = [surfacesOf(this.#nodes), surfacesOf(nodes)];
    for (const surface of before) if (!now.has(surface)) this.parts.output.leave(surface);
    for (const surface of now) if (!before.has(surface)) this.parts.output.enter(surface);
  }

  #paint(frame: Frame, stale: Stale, damage: PresentOptions['damage'], ending: Ending): void {
    try {
      this.counts.bytesCopied += this.parts.painter.paint(frame, this.#nodes, this.#placement, stale);
      if (this.#isLeftAlone) this.#last.drawInto(frame);
    } catch (error) {
      this.parts.head.cancel(frame);
      this.#giveBack(ending.told);
      throw error;
    }
    this.#present(frame, { damage }, ending);
  }

  #ended(outcome: Outcome, ending: Ending): void {
    if (outcome.kind === 'shown') this.#shown(outcome, ending);
    else this.#discarded(outcome.reason, ending);
  }

  #shown(outcome: Shown, { told, before, why }: Ending): void {
    const direct = why === undefined;
    this.#inFlight.done(told);
    this.flippedMs = outcome.timestampNs / nsPerMs;
    this.counts.shown++;
    if (direct) this.counts.direct++;
    if (told.length > 0) this.parts.onClientShown();
    for (const { feedbacks } of told)
      for (const feedback of feedbacks) feedback.presented(outcome, direct && outcome.zeroCopy, this.parts.output);
    this.#releases.after(before, () => {
      for (const { callbacks } of told) answerShown(callbacks, outcome.timestampNs);
    });
  }

  #discarded(reason: DiscardReason, { told }: Ending): void {
    this.counts.discarded++;
    if (reason !== 'replaced') this.#changed = true;
    this.#giveBack(told);
  }

  #giveBack(told: readonly Told[]): void {
    this.#inFlight.done(told);
    for (const { surface, callbacks, feedbacks } of told) {
      for (const feedback of feedbacks) feedback.discard();
      surface.giveBack(callbacks);
      this.parts.slow.watch(surface);
    }
  }
}
