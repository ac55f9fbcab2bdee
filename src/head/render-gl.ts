/** GL on the pair's render GPU: one thread for each GPU that was opened, whoever draws. */
import { GuestheadError } from '../errors.js';
import type { Gl, GlGpu, GlOptions } from '../gl/index.js';
import type { GpuPair, OpenedGl, RenderGpu } from '../gpus/index.js';

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

  /** While the module is loaded, or a hung driver opened anew, the GPU may go, and another come in its place. */
  async #start(on: RenderGpu, options: GlOptions): Promise<Gl> {
    const { Gl } = await import('../gl/index.js');
    await on.answering(options.timeoutMs);
    const { native, render } = this.pair.gpus;
    if (render !== on) throw gone(on);
    const { node } = on;
    const gbm = lentBy(on);
    const lost = (cause?: unknown) => this.#loss(on, cause);
    return Gl.open({ native, gbm, device: node.path, lost }, options, (starting) => {
      on.gl = new GlOnGpu(starting); // from the start: what closes the GPU closes it
    });
  }

  /** The pair asks the kernel: what a driver says proves nothing. */
  #loss(on: RenderGpu, cause: unknown): GuestheadError | undefined {
    if (this.pair.latest.render !== on) return gone(on, cause);
    return this.pair.lose('render', cause) ? gone(on, cause) : undefined;
  }
}

/** A thread that hangs in the driver takes the GBM device along, and the GPU has another. */
function lentBy(on: RenderGpu): NonNullable<GlGpu['gbm']> {
  const { gbm } = on;
  return {
    get address() {
      return gbm.address;
    },
    lend: () => gbm.lend(),
    abandon: () => {
      if (on.gbm === gbm) on.abandon();
    },
  };
}

class GlOnGpu implements OpenedGl {
  constructor(private readonly gl: Gl) {}

  get driver(): OpenedGl['driver'] {
    const { gl } = this;
    return gl.isOpen ? { renderer: gl.info.renderer, fence: gl.fenceKind } : undefined;
  }

  get idleMs(): number {
    return this.gl.idleMs;
  }

  close(): void {
    this.gl.close();
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
