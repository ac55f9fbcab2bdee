/** What is read on the screen where a client does not come up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnosticPage } from '../../../src/kiosk/diagnostic.js';
import { ErrorTail } from '../../../src/kiosk/error-tail.js';
import { cellHeight, cellWidth, drawText } from '../../../src/render/index.js';

const size = { width: 640, height: 480 };

/** Whether a page has this text at a place, counted in the font's cells of `scale` pixels, in its ink and nothing else. */
function reads(page: ReturnType<typeof diagnosticPage>, text: string, column: number, row: number, scale: number) {
  const set = new Set<string>();
  drawText(text, (x, y) => set.add(`${x},${y}`));
  const paper = page.pixels[0];
  for (let y = 0; y < cellHeight; y++)
    for (let x = 0; x < text.length * cellWidth; x++) {
      const at = [(column * cellWidth + x) * scale, (row * cellHeight + y) * scale] as const;
      if ((page.pixels[at[1] * page.width + at[0]] !== paper) !== set.has(`${x},${y}`)) return false;
    }
  return true;
}

describe('the diagnostic page', () => {
  it('says what has happened, and below it the last lines', () => {
    const page = diagnosticPage({ facts: ['It ended.', 'Wait.'], lines: ['error: 1', 'error: 2'] }, size);
    assert.deepEqual([page.width, page.height], [640, 480]);
    const rows = ['It ended.', 'Wait.', '', 'error: 1', 'error: 2'];
    for (const [row, text] of rows.entries()) assert.ok(reads(page, text, 1, row + 1, 1), text);
  });

  it('is larger on a larger display', () => {
    const page = diagnosticPage({ facts: ['It ended.'], lines: [] }, { width: 1920, height: 1080 });
    assert.ok(reads(page, 'It ended.', 1, 1, 3));
  });

  it('breaks what is too long, and keeps the newest where there is no room', () => {
    const columns = Math.floor(640 / cellWidth) - 2;
    const long = 'x'.repeat(columns) + 'yz';
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const page = diagnosticPage({ facts: [long], lines }, size);
    assert.ok(reads(page, 'yz', 1, 2, 1));
    const rows = Math.floor(480 / cellHeight) - 2;
    assert.ok(reads(page, 'line 99', 1, rows, 1));
  });

  it('can be made of any size', () => {
    for (const side of [1, 5, 17, 40]) {
      const page = diagnosticPage({ facts: ['a'.repeat(50)], lines: ['b'] }, { width: side, height: side });
      assert.equal(page.pixels.length, side * side);
    }
  });
});

describe('a client’s last words', () => {
  it('are its last lines, however they come', () => {
    const tail = new ErrorTail();
    for (const part of ['first\nsec', 'ond\n', '', 'third']) tail.add(part);
    assert.deepEqual(tail.lines, ['first', 'second', 'third']);
    tail.clear();
    assert.deepEqual(tail.lines, []);
  });

  it('are no more than can be kept, and have nothing that only a terminal understands', () => {
    const tail = new ErrorTail();
    for (let line = 0; line < 1000; line++) tail.add(`${line}\n`);
    assert.equal(tail.lines.length, 40);
    assert.equal(tail.lines.at(-1), '999');
    tail.add('\x1b[31mred\x1b[0m\tand\x07 \x1b]0;title\x07more\r\n');
    assert.equal(tail.lines.at(-1), 'red    and more');
    for (let part = 0; part < 100; part++) tail.add('x'.repeat(100));
    assert.equal(tail.lines.at(-1)?.length, 400);
  });
});
