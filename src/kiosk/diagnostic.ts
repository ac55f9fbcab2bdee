/** A page of text for whoever stands before a kiosk whose client does not come up. */
import { cellHeight, cellWidth, drawText, type Pixels } from '../render/index.js';
import type { Size } from './surface-state.js';

export interface Diagnosis {
  /** What has happened, and what comes next. */
  readonly facts: readonly string[];
  /** What the client said last; the oldest are left out where there is no room. */
  readonly lines: readonly string[];
}

/** Characters that fit beside each other, about: more of them would be too small to read from where one stands. */
const columnsWanted = 96;
const [paper, ink, faint] = [0xff101820, 0xffffffff, 0xffa8b4c0];

/** Pixels of the head's mode, as it is seen: turned already. */
export function diagnosticPage({ facts, lines }: Diagnosis, { width, height }: Size): Pixels {
  const scale = Math.max(1, Math.floor(width / (columnsWanted * cellWidth)));
  const columns = Math.max(1, Math.floor(width / (cellWidth * scale)) - 2 * margin);
  const rows = Math.max(1, Math.floor(height / (cellHeight * scale)) - 2 * margin);
  const above = facts.flatMap((fact) => wrapped(fact, columns)).slice(0, rows);
  const room = Math.max(0, rows - above.length - 1);
  const below = room === 0 ? [] : lines.flatMap((line) => wrapped(line, columns)).slice(-room);
  const page = { width, height, pixels: new Uint32Array(width * height).fill(paper) };
  above.forEach((line, row) => write(page, line, row, scale, ink));
  below.forEach((line, row) => write(page, line, above.length + 1 + row, scale, faint));
  return page;
}

/** Cells around the text. */
const margin = 1;

/** Like a terminal's: a line that is too long goes on in the next. */
function wrapped(line: string, columns: number): string[] {
  const characters = Array.from(line);
  const count = Math.max(1, Math.ceil(characters.length / columns));
  return Array.from({ length: count }, (_, row) => characters.slice(row * columns, (row + 1) * columns).join(''));
}

function write({ width, height, pixels }: Pixels, line: string, row: number, scale: number, colour: number): void {
  const [left, top] = [margin * cellWidth * scale, (margin + row) * cellHeight * scale];
  drawText(line, (x, y) => {
    const [fromX, fromY] = [left + x * scale, top + y * scale];
    for (let at = fromY; at < Math.min(fromY + scale, height); at++)
      pixels.fill(colour, at * width + Math.min(fromX, width), at * width + Math.min(fromX + scale, width));
  });
}
