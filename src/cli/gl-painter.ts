/** The render GPU draws a run's heads; with `--draw auto` the CPU does while GL cannot be had. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject } from 'rxjs';
import { messageOf } from '../errors.js';
import { GlDrawing, type Captions, type GlDrawingOptions } from '../gl-patterns/index.js';
import type { DrawName } from '../gl/choices.js';
import type { Gl, Surface } from '../gl/index.js';
import type { Gpus, Head } from '../head/index.js';
import type { DrawnFrame, Frame } from '../loop/index.js';
import { loadNative } from '../native/index.js';
import { createPattern, type Pattern } from '../render/index.js';
import { GlMeter, type DrawnBy } from '../report/index.js';
import { cpuPainters, cpuPatternOf } from './cpu-painter.js';
import { openGlHead } from './gl-paths.js';
import type { HeadPainter, OnDrawn, Painters } from './head-painter.js';
import { takeRealTime } from './real-time.js';
import type { HeadRunOptions, RunPattern } from './run-options.js';
import type { StartTimes } from './start-times.js';
import { isGlOnly } from './who-draws.js';

/** How long `auto` draws with the CPU before it tries GL again. */
const againMs = 1000;

/** With `gl` it throws why GL cannot be had, and with `auto` the CPU draws then, or where GL's driver is software itself. */
export async function glPainters(
  gpus: Gpus,
  draw: Exclude<DrawName, 'cpu'>,
  pattern: RunPattern,
  options: HeadRunOptions,
  start: StartTimes,
): Promise<Painters> {
  const { gl, reason } = await start.gl(() => choose(gpus, draw, pattern, options));
  if (gl === undefined) {
    process.stderr.write(`the CPU draws: ${reason ?? ''}\n`);
    return cpuPainters(gpus, pattern, reason);
  }
  const auto = draw === 'auto';
  const gl$ = new BehaviorSubject(gl);
  const openGl = async () => {
    const opened = await gpus.openGl();
    gl$.next(opened);
    return opened;
  };
  const realTime = takeRealTime(options.realTime);
  return {
    openHead: (head) => openGlHead(gpus, gl.info, { ...head, source: 'gpu' }),
    gl$,
    paint: (head, onDrawn) =>
      start.gl(() => GlPainter.open(openGl, head, { pattern, options, onDrawn, realTime }, auto ? reason : null, auto)),
  };
}

interface Choice {
  /** None: the CPU draws. */
  readonly gl: Gl | undefined;
  readonly reason: string | null;
}

async function choose(
  gpus: Gpus,
  draw: Exclude<DrawName, 'cpu'>,
  pattern: RunPattern,
  { load, fence }: HeadRunOptions,
): Promise<Choice> {
  try {
    const gl = await gpus.openGl();
    const { renderer, software } = gl.info;
    const isWanted = isGlOnly(pattern) || load !== undefined || fence !== undefined;
    if (draw === 'gl' || !software) return { gl, reason: `GL is ${renderer}` };
    if (isWanted) return { gl, reason: `only GL has what was asked for, and it is ${renderer}` };
    gl.close();
    return { gl: undefined, reason: `GL is ${renderer}, which draws with the CPU, too` };
  } catch (error) {
    if (draw === 'gl') throw error;
    return { gl: undefined, reason: messageOf(error) };
  }
}

type Drawing = Pick<GlDrawing, 'draw' | 'gl' | 'fence' | 'loadMs' | 'close'>;

interface GlPainterParts {
  /** On the GL that is open, or a new one. */
  readonly openDrawing: () => Promise<Drawing>;
  readonly drawing: Drawing;
  readonly meter: GlMeter;
  readonly pattern: RunPattern;
  readonly reason: string | null;
  /** The CPU draws while GL does not. */
  readonly fallsBack: boolean;
  readonly againMs?: number;
}

interface AskedDrawing {
  readonly pattern: RunPattern;
  readonly options: HeadRunOptions;
  readonly onDrawn: OnDrawn | undefined;
  readonly realTime: boolean;
}

export class GlPainter implements HeadPainter {
  #drawing: Drawing;
  readonly #cpu: Pattern;
  /** One try at having GL again. */
  #reopening: Promise<void> | undefined;
  #isAway = false;
  #closed = false;

  constructor(private readonly parts: GlPainterParts) {
    this.#drawing = parts.drawing;
    this.#cpu = createPattern(cpuPatternOf(parts.pattern));
  }

  /** Rejects as `GlDrawing.open` does. */
  static async open(
    openGl: () => Promise<Gl>,
    head: Head,
    asked: AskedDrawing,
    reason: string | null,
    fallsBack: boolean,
  ): Promise<GlPainter> {
    const meter = new GlMeter(asked.realTime);
    const { pattern } = asked;
    const openDrawing = async () => GlDrawing.open(await openGl(), drawingOptions(head, asked, meter));
    return new GlPainter({ openDrawing, drawing: await openDrawing(), meter, pattern, reason, fallsBack });
  }

  readonly draw = async (frame: Frame): Promise<DrawnFrame> => {
    if (!this.parts.fallsBack) return this.#drawByGl(frame);
    if (this.#isAway) return this.#drawByCpu(frame);
    try {
      return await this.#drawing.draw(frame);
    } catch (error) {
      this.#leave(messageOf(error));
      return this.#drawByCpu(frame);
    }
  };

  reset(): void {
    this.parts.meter.reset();
  }

  drawn(): DrawnBy {
    const { gl, fence, loadMs } = this.#drawing;
    return { draw: 'gl', drawReason: this.parts.reason, gl: this.parts.meter.result(gl.info, fence, loadMs) };
  }

  close(): void {
    this.#closed = true;
    this.#drawing.close();
  }

  /** A GPU that was lost and is back has another GL. */
  async #drawByGl(frame: Frame): Promise<DrawnFrame> {
    if (this.#drawing.gl.closed) await this.#reopen();
    return this.#drawing.draw(frame);
  }

  async #reopen(): Promise<void> {
    this.#drawing.close();
    this.#drawing = await this.parts.openDrawing();
  }

  /** All of it: what the buffer holds is GL's, or half of it. */
  #drawByCpu(frame: Frame): DrawnFrame {
    this.#cpu.draw(frame, frame.number, 0);
    this.parts.meter.drawnByCpu();
    return {};
  }

  #leave(why: string): void {
    process.stderr.write(`the CPU draws until GL is back: ${why}\n`);
    this.#isAway = true;
    this.#reopening ??= this.#comeBack().finally(() => (this.#reopening = undefined));
  }

  async #comeBack(): Promise<void> {
    while (!this.#closed) {
      await sleep(this.parts.againMs ?? againMs, undefined, { ref: false });
      try {
        await this.#reopen();
        this.#isAway = false;
        process.stderr.write('GL draws again\n');
        return;
      } catch {
        // not yet
      }
    }
  }
}

function drawingOptions(
  head: Head,
  { pattern, options: { load = 0, fence = 'auto' }, onDrawn }: AskedDrawing,
  watch: GlMeter,
): GlDrawingOptions {
  return {
    ...{ pattern, loadMs: load, fence, watch, onDrawn },
    size: head.info.mode,
    captions: () => captionsOf(head),
    target: backbufferOf(head),
    copies: () => head.info.path === 'copy',
    native: loadNative(),
  };
}

/** The first of the head's buffers, while nothing is shown of it: its memory is the same for all frames. */
function backbufferOf(head: Head): Surface | undefined {
  let target: Surface | undefined;
  const draw = (frame: Frame): Promise<void> => {
    target = { memory: frame.memory };
    return Promise.resolve();
  };
  try {
    head
      .flips(draw)
      .subscribe({ error: () => undefined })
      .unsubscribe(); // before anything is presented
  } catch {
    return undefined; // it flips already: GL is back
  }
  return target;
}

function captionsOf(head: Head): Captions {
  const { path, mode, render, display } = head.info;
  const { refreshHz } = mode;
  return { path, refreshHz, devices: `${render.driver} → ${display.driver} ${display.connector}` };
}
