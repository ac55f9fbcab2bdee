/** GL on the pair's render GPU: one thread for each GPU that was opened, whoever draws. */
import type { Gl, GlOptions } from '../gl/index.js';
import type { GpuPair } from '../gpus/index.js';

export class RenderGl {
  #opening: Promise<Gl> | undefined;
  /** The GPU that it is on: another one comes after a loss. */
  #on: unknown;

  constructor(private readonly pair: GpuPair) {}

  /** The one that is open, or a new one. Throws as `GpuPair.gpus` does; rejects as `Gl.open` does. */
  async open(options: GlOptions): Promise<Gl> {
    const { native, render } = this.pair.gpus;
    if (this.#on === render && this.#opening !== undefined && !(await isClosed(this.#opening))) return this.#opening;
    const { gbm, node, owner } = render;
    this.#on = render;
    const opening = import('../gl/index.js').then(({ Gl }) =>
      Gl.open({ native, gbm, device: node.path }, options, (gl) => {
        this.pair.assertOpen();
        owner.own(gl); // closed before the GBM device is
      }),
    );
    this.#opening = opening;
    return opening;
  }
}

async function isClosed(opening: Promise<Gl>): Promise<boolean> {
  return opening.then(
    ({ closed }) => closed,
    () => true,
  );
}
