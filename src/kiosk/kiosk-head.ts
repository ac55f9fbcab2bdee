/** One head of a kiosk: what clients are told of it, what it shows, and its pointer. Its pixels begin at its upper left corner. */
import type { Subscription } from 'rxjs';
import type { Head } from '../head/index.js';
import type { Native } from '../native/index.js';
import type { WaylandServer } from '../wayland/index.js';
import type { Backdrop } from './backdrop.js';
import type { SlowCallbacks } from './frame-callbacks.js';
import type { GpuDrawing, OpenGl } from './gl-choice.js';
import { Output, type OutputFacts } from './output.js';
import type { Painter } from './painter.js';
import type { Placed } from './scene.js';
import { Screen } from './screen.js';
import { ScreenCounts } from './screen-counts.js';
import { HeadCursorSink } from './seat/index.js';

/** How the head's picture lies on it. */
export type HeadLook = Pick<OutputFacts, 'scale' | 'transform'>;

export interface KioskHeadParts {
  /** The caller's. */
  readonly head: Head;
  readonly server: WaylandServer;
  readonly painter: Painter;
  readonly addon: Pick<Native, 'mapDmabuf'>;
  /** Undefined: the CPU draws. */
  readonly openGl: (head: Head) => OpenGl | undefined;
  readonly onDrawn: (drawing: GpuDrawing) => void;
  readonly slow: SlowCallbacks;
  readonly look: HeadLook;
  /** Undefined: the last picture stays where no window is. */
  readonly background: Backdrop | undefined;
  /** A picture with a client in it is on the screen. */
  readonly onShown: (connector: string) => void;
  /** It can show no pointer or could not draw a frame, and goes on. */
  readonly onFault: (error: unknown) => void;
}

export interface HeadScene {
  /** What it shows, from the lowest to the highest. */
  readonly roots: () => readonly Placed[];
  /** A frame can be shown: what moved since the last one can be told. `flippedMs`: when that came to the screen, by CLOCK_MONOTONIC. */
  readonly onTurn: (flippedMs: number) => void;
  /** Its mode is another: windows have another size. */
  readonly onResized: () => void;
}

const nothingYet = new ScreenCounts();

export class KioskHead {
  /** What shows it: not to be presented to by anybody else. */
  readonly head: Head;
  /** @internal */
  readonly output: Output;
  /** @internal */
  readonly cursor: HeadCursorSink;
  #screen: Screen | undefined;
  #following: Subscription | undefined;

  /** @internal */
  constructor(private readonly parts: KioskHeadParts) {
    const { head, server, onFault } = parts;
    this.head = head;
    this.output = new Output(server, this.#facts());
    this.cursor = new HeadCursorSink(head, () => this.output.geometry, onFault);
  }

  get connector(): string {
    return this.output.connector;
  }

  /** How its frames came to the screen. */
  get counts(): Readonly<ScreenCounts> {
    return this.#screen?.counts ?? nothingYet;
  }

  /** @internal From now on it shows the scene. */
  begin({ roots, onTurn, onResized }: HeadScene): void {
    const { head, onShown, openGl, onFault, ...parts } = this.parts;
    const onClientShown = () => {
      onShown(this.connector);
    };
    const output = this.output;
    const screen = new Screen({ ...parts, head, output, openGl: openGl(head), onClientShown, onFault, roots });
    this.#screen = screen;
    const next = () => {
      screen.turn();
      onTurn(screen.flippedMs);
    };
    this.#following = head.state$.subscribe(({ kind }) => {
      // One that the program has turned off is turned on again by it: windows stay there.
      this.output.lit = kind === 'on' || kind === 'off';
      if (kind === 'on' && this.#follow()) onResized();
    });
    // Where its first frame cannot even be begun, it shows nothing.
    this.#following.add(head.turn$.subscribe({ next, error: onFault }));
  }

  /** @internal What its scene says is another now. */
  changed(): void {
    this.#screen?.changed();
  }

  /** @internal As the option. */
  setBackground(background: Backdrop | undefined): void {
    this.#screen?.setBackground(background);
  }

  /** @internal Black, whatever there is, until it is no longer: clients go on slowly, as those do that are not seen. */
  setBlank(blank: boolean): void {
    this.cursor.cover(blank);
    this.#screen?.setBlank(blank);
  }

  /** @internal It keeps its last picture. Idempotent. */
  close(): void {
    this.#following?.unsubscribe();
    this.#screen?.close();
  }

  /** Whether the mode is another. */
  #follow(): boolean {
    const { geometry } = this.output;
    const facts = this.#facts();
    if (facts.width === geometry.width && facts.height === geometry.height) return false;
    this.output.change(facts);
    this.changed();
    return true;
  }

  #facts(): OutputFacts {
    const { mode, display } = this.parts.head.info;
    return {
      ...this.parts.look,
      width: mode.width,
      height: mode.height,
      refreshMilliHz: Math.round(mode.refreshHz * 1000),
      connector: display.connector,
    };
  }
}
