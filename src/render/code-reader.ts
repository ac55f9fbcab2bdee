/** Reads the bar codes of a capture. */
import {
  cellBit,
  cellColumn,
  cellCount,
  checkStart,
  codeHeight,
  codeTop,
  dataStart,
  type CodeEdge,
} from './bar-code.js';
import { colourAt, type Capture } from './capture.js';
import { crc8 } from './crc8.js';
import { black, white } from './picture.js';

export interface CodeReading {
  /** What the first readable row says, or undefined where no row is readable. */
  readonly frame: number | undefined;
  /** Another readable row of the same code says another frame. */
  readonly mixed: boolean;
}

/** Reads each row of a code by itself, so that a tear inside the code shows. */
export function readCode(capture: Capture, edge: CodeEdge): CodeReading {
  const top = codeTop(capture.height, edge);
  const bottom = top + codeHeight(capture.height);
  let frame: number | undefined;
  for (let y = top; y < bottom; y++) {
    const reading = readRow(capture, edge, y);
    if (reading !== undefined && reading !== (frame ?? reading)) return { frame, mixed: true };
    frame ??= reading;
  }
  return { frame, mixed: false };
}

function readRow(capture: Capture, edge: CodeEdge, y: number): number | undefined {
  let frame = 0;
  for (let cell = dataStart; cell < checkStart; cell++) frame = (frame << 1) | (readCell(capture, cell, y) ?? 0);
  const check = crc8(frame);
  for (let cell = 0; cell < cellCount; cell++) {
    if (readCell(capture, cell, y) !== cellBit(cell, edge, frame, check)) return undefined;
  }
  return frame >>> 0;
}

/** The bit at the cell's middle column, or undefined for a colour that is neither black nor white. */
function readCell(capture: Capture, cell: number, y: number): number | undefined {
  const x = Math.floor((cellColumn(capture.width, cell) + cellColumn(capture.width, cell + 1)) / 2);
  const colour = colourAt(capture, y * capture.width + x);
  if (colour === black) return 0;
  return colour === white ? 1 : undefined;
}
