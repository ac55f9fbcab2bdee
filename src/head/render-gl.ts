/** GL on the pair's render GPU: one thread for each GPU that was opened, whoever draws. */
import { GuestheadError } from '../errors.js';
import type { Gl, GlOptions } from '../gl/index.js';
import type { GpuPair } from '../gpus/index.js';

type RenderGpu = GpuPair['gpus']['render'];

/** Of one GPU; after a loss comes another. */
interface Opening {
  readonly on: RenderGpu;
  readonly gl: Promise<Gl>;
  /** It failed, or what it gave is closed. */
  isOver(): boolean;
}

export class RenderGl {
  #opening: Opening | undefined;

  constructor(private readonly pair: GpuPair) {}

  /** The one that is open, or a new one. Throws as `GpuPair.gpus` does; rejects as `Gl.open` does. */
  open(options: GlOptions): Promise<Gl> {
    const { render } = this.pair.gpus;
    const known = this.#opening;
    if (known?.on === render && !known.isOver()) return known.gl;
    this.#opening = opening(render, this.#start(render, options));
    return this.#opening.gl;
  }

  /** While the module is loaded, the GPU may go, and another come in its place. */
  async #start(on: RenderGpu, options: GlOptions): Promise<Gl> {
    const { Gl } = await import('../gl/index.js');
    const { native, render } = this.pair.gpus;
    if (render !== on) throw gone(on);
    const { gbm, node, owner } = on;
    const lost = (cause?: unknown) => this.#loss(on, cause);
    // Owned from the start: what hears of its end before the GBM device goes.
    const gl = await Gl.open({ native, gbm, device: node.path, lost }, options, (starting) => owner.own(starting));
    on.gl = { renderer: gl.info.renderer, fence: gl.fenceKind, isOpen: () => !gl.closed };
    return gl;
  }

  /** The pair asks the kernel: what a driver says proves nothing. */
  #loss(on: RenderGpu, cause: unknown): GuestheadError | undefined {
    if (this.pair.latest.render !== on) return gone(on, cause);
    return this.pair.lose('render', cause) ? gone(on, cause) : undefined;
  }
}

function opening(on: RenderGpu, gl: Promise<Gl>): Opening {
  let isOver = (): boolean => false;
  gl.then(
    (opened) => (isOver = () => opened.closed),
    () => (isOver = () => true),
  );
  return { on, gl, isOver: () => isOver() };
}

function gone({ node }: RenderGpu, cause?: unknown): GuestheadError {
  return new GuestheadError('ERR_DEVICE_LOST', 'The render GPU is gone', {
    device: node.path,
    cause,
    advice: 'it was unbound or unplugged; once it is back, `openGl` opens it again',
  });
}
