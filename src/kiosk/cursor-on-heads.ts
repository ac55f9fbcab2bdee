/** The pointer on the head that it is on, and on no other. */
import type { Point } from './geometry.js';
import type { Output } from './output.js';
import type { Outputs } from './outputs.js';
import type { CursorImage, CursorSink } from './seat/index.js';

export class CursorOnHeads implements CursorSink {
  #image: CursorImage | undefined;
  #on: Output;

  constructor(
    private readonly outputs: Outputs,
    private readonly sinkOf: (output: Output) => CursorSink,
  ) {
    this.#on = outputs.first;
  }

  show(image: CursorImage): void {
    this.#image = image;
    this.sinkOf(this.#on).show(image);
  }

  move(x: number, y: number): void {
    const on = this.outputs.at({ x, y });
    const before = this.#on;
    this.#on = on;
    if (on !== before) this.sinkOf(before).hide();
    this.#moveOn({ x, y });
    if (on !== before && this.#image !== undefined) this.sinkOf(on).show(this.#image);
  }

  hide(): void {
    this.#image = undefined;
    this.sinkOf(this.#on).hide();
  }

  #moveOn({ x, y }: Point): void {
    const { origin } = this.#on;
    this.sinkOf(this.#on).move(x - origin.x, y - origin.y);
  }
}
