/**
 * A chart of examples/dashboard.ts. The CPU paints with a canvas, and only the column of the newest sample; those few pixels are
 * uploaded. The chart's picture is a ring: the GPU draws its older part on the left and its newer part on the right, so
 * that it scrolls without being painted again.
 */
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { Gl, MemoryPicture, PictureLayer } from 'guesthead';

const [panel, grid, ink] = ['#182230', '#2a3a50', '#dce6f2'];
const [labelHeight, padding, step, lineWidth] = [32, 8, 2, 2]; // pixels; `step` of them for each sample
/** A number that changes at each refresh cannot be read. */
const samplesEachLabel = 15;

/** A canvas, and the GPU's picture of it: the part that is painted is uploaded with the next drawing, and nothing else. */
class Sheet {
  /** Pixels. */
  uploaded = 0;
  readonly #context: SKRSContext2D;

  private constructor(readonly picture: MemoryPicture) {
    this.#context = createCanvas(picture.width, picture.height).getContext('2d');
  }

  static async create(gl: Gl, width: number, height: number): Promise<Sheet> {
    return new Sheet(await gl.createPicture(width, height, 'ABGR8888')); // a canvas's RGBA as little-endian numbers
  }

  /** Whole rows of the sheet, from `x` on for `width` pixels. Only between two drawings. */
  paint(x: number, width: number, draw: (context: SKRSContext2D, height: number) => void): void {
    const [context, { picture }] = [this.#context, this];
    const { height, pixels } = picture;
    context.save();
    context.beginPath();
    context.rect(x, 0, width, height);
    context.clip();
    context.fillStyle = panel;
    context.fillRect(x, 0, width, height);
    draw(context, height);
    context.restore();
    const painted = new Uint32Array(context.getImageData(x, 0, width, height).data.buffer);
    for (let row = 0; row < height; row++)
      pixels.set(painted.subarray(row * width, (row + 1) * width), row * picture.width + x);
    picture.damaged(x, 0, width, height);
    this.uploaded += width * height;
  }
}

/** What a chart shows. */
export interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly colour: string;
  /** The upper edge. */
  readonly most: number;
  readonly sample: () => number;
}

export class Chart {
  #column = 0;
  #samples = 0;
  /** Rows of the last two samples. */
  #rows: readonly [number, number] | undefined;

  private constructor(
    private readonly measure: Measure,
    private readonly label: Sheet,
    private readonly ring: Sheet,
  ) {
    ring.paint(0, ring.picture.width, () => undefined);
  }

  static async create(gl: Gl, measure: Measure, width: number, height: number): Promise<Chart> {
    const columns = Math.floor(width / step) * step;
    const label = await Sheet.create(gl, columns, labelHeight);
    return new Chart(measure, label, await Sheet.create(gl, columns, height - labelHeight));
  }

  /** Paints the next sample over the oldest one. */
  advance(): void {
    const { sample, most } = this.measure;
    const value = sample();
    if (this.#samples++ % samplesEachLabel === 0) this.#paintLabel(value);
    const right = this.#column + step;
    this.ring.paint(this.#column, step, (context, height) => {
      const row = height * (1 - Math.min(1, value / most));
      const [before, last] = this.#rows ?? [row, row];
      this.#paintColumn(context, right, [before, last, row], height);
      this.#rows = [last, row];
    });
    this.#column = right % this.ring.picture.width;
  }

  #paintLabel(value: number): void {
    const { title, unit, colour } = this.measure;
    this.label.paint(0, this.label.picture.width, (context, height) => {
      context.font = '16px sans-serif';
      context.textBaseline = 'middle';
      context.fillStyle = ink;
      context.fillText(title, padding, height / 2);
      context.textAlign = 'right';
      context.fillStyle = colour;
      context.fillText(`${value.toFixed(1)} ${unit}`, this.label.picture.width - padding, height / 2);
    });
  }

  /** The line through three samples, the last of which is at `right`: the sheet takes only what is in the last one's column. */
  #paintColumn(context: SKRSContext2D, right: number, rows: readonly number[], height: number): void {
    context.fillStyle = grid;
    for (let quarter = 0; quarter < 4; quarter++) context.fillRect(right - step, (height * quarter) / 4, step, 1);
    context.beginPath();
    for (const [index, row] of rows.entries()) context.lineTo(right - (2 - index) * step, row);
    context.lineJoin = 'round';
    context.lineWidth = lineWidth;
    context.strokeStyle = this.measure.colour;
    context.stroke();
    context.lineTo(right, height);
    context.lineTo(right - 2 * step, height);
    context.globalAlpha = 0.2;
    context.fillStyle = this.measure.colour;
    context.fill();
  }

  /** From the oldest sample to the newest. */
  layers(x: number, y: number): PictureLayer[] {
    const { picture } = this.ring;
    const { width, height } = picture;
    const [older, newer] = [width - this.#column, this.#column];
    const part = (from: number, columns: number, left: number): PictureLayer => ({
      picture,
      from: { x: from, y: 0, width: columns, height },
      to: { x: left, y: y + labelHeight, width: columns, height },
      filter: 'nearest',
      alpha: 'opaque',
    });
    const label = { picture: this.label.picture, to: { x, y, width, height: labelHeight }, alpha: 'opaque' } as const;
    const parts = [part(this.#column, older, x), part(0, newer, x + older)];
    return [label, ...parts.filter(({ to }) => to.width > 0)];
  }

  /** Pixels uploaded so far. */
  get uploaded(): number {
    return this.label.uploaded + this.ring.uploaded;
  }

  close(): void {
    for (const { picture } of [this.label, this.ring]) picture.close();
  }
}
