/** Lines of text as a picture in memory, drawn to the GPU's pixels in whole multiples. */
import type { Gl, Layer, MemoryPicture } from '../gl/index.js';
import { cellHeight, cellWidth, drawText } from '../render/index.js';

/** Both are the same in either order of the channels. */
const [white, clear] = [0xffffffff, 0];

/** Its picture goes with `close`. */
export class Text {
  #shown: readonly string[] = [];

  private constructor(private readonly picture: MemoryPicture) {}

  /** Room for so many lines of so many characters; what is longer is cut off. */
  static async create(gl: Gl, columns: number, lines: number): Promise<Text> {
    return new Text(await gl.createPicture(columns * cellWidth, lines * cellHeight, 'ABGR8888'));
  }

  /** White, its upper left corner at x and y, each of the font's pixels `scale` wide and high. Only changed lines are uploaded. */
  layer(lines: readonly string[], x: number, y: number, scale: number): Layer {
    for (const [index, line] of lines.entries()) if (line !== this.#shown[index]) this.#write(line, index);
    this.#shown = [...lines];
    const { width, height } = this.picture;
    const to = { x, y, width: width * scale, height: height * scale };
    return { picture: this.picture, to, filter: 'nearest' };
  }

  close(): void {
    this.picture.close();
  }

  #write(line: string, index: number): void {
    const { pixels, width, height } = this.picture;
    const top = index * cellHeight;
    if (top + cellHeight > height) return;
    pixels.fill(clear, top * width, (top + cellHeight) * width);
    drawText(line, (x, y) => {
      if (x < width) pixels[(top + y) * width + x] = white;
    });
    this.picture.damaged(0, top, width, cellHeight);
  }
}
