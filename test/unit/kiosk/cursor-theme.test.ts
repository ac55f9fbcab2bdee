import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { arrow } from '../../../src/kiosk/seat/arrow.js';
import { CursorTheme } from '../../../src/kiosk/seat/cursor-theme.js';
import { xcursorFile } from '../../support/xcursor-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-theme-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file of a theme, each of whose pixels is `colour`. */
function write(theme: string, name: string, colour: number, size = 24): string {
  mkdirSync(join(folder, theme, 'cursors'), { recursive: true });
  const path = join(folder, theme, 'cursors', name);
  writeFileSync(path, xcursorFile([{ size, width: 1, height: 1, hotX: 0, hotY: 0, colour }]));
  return path;
}
function inherit(theme: string, line: string): void {
  mkdirSync(join(folder, theme), { recursive: true });
  writeFileSync(join(folder, theme, 'index.theme'), `[Icon Theme]\nName=${theme}\n${line}\n`);
}
const opened = (more: Record<string, string> = {}) =>
  new CursorTheme({ XCURSOR_PATH: `/nowhere:${folder}`, XCURSOR_THEME: 'mine', ...more });
const colourOf = (theme: CursorTheme, ...[shape]: Parameters<CursorTheme['image']>) => theme.image(shape).pixels[0];

describe('a cursor theme', () => {
  it('has shapes by their CSS names, before X11’s', () => {
    write('mine', 'text', 1);
    write('mine', 'xterm', 2);
    write('mine', 'hand2', 3);
    const theme = opened();
    assert.deepEqual([colourOf(theme, 'text'), colourOf(theme, 'pointer')], [1, 3]);
  });

  it('gives its plain pointer for a shape that it has not', () => {
    write('mine', 'left_ptr', 4);
    assert.equal(colourOf(opened(), 'zoom_in'), 4);
  });

  it('takes from those that it inherits, nearest first, in a circle, too', () => {
    inherit('mine', 'Inherits=parent, other');
    inherit('parent', 'Inherits = mine;grandparent');
    write('other', 'wait', 5);
    write('grandparent', 'wait', 6);
    write('grandparent', 'help', 7);
    const theme = opened();
    assert.deepEqual([colourOf(theme, 'wait'), colourOf(theme, 'help')], [5, 7]);
  });

  it('takes from the default theme where its own is not there', () => {
    write('default', 'default', 8);
    assert.equal(colourOf(opened({ XCURSOR_THEME: 'gone' }), 'default'), 8);
  });

  it('takes the size that it is told, unless that is none', () => {
    const path = write('mine', 'default', 9);
    const two = [24, 96].map((size) => ({ size, width: 1, height: 1, hotX: 0, hotY: 0, colour: size }));
    writeFileSync(path, xcursorFile(two));
    const sizes = ['96', '-5', 'large', '1e9'].map((size) => colourOf(opened({ XCURSOR_SIZE: size }), 'default'));
    assert.deepEqual(sizes, [96, 24, 24, 24]);
  });

  it('is an arrow without one', () => {
    assert.equal(opened().image('text'), arrow);
    assert.equal(arrow.pixels.length, arrow.width * arrow.height);
    assert.equal(arrow.pixels[0], 0xff000000);
  });

  it('passes over what is no file, or a broken or a huge one', () => {
    write('mine', 'left_ptr', 10);
    mkdirSync(join(folder, 'mine/cursors/wait'));
    execFileSync('mkfifo', [join(folder, 'mine/cursors/help')]);
    writeFileSync(join(folder, 'mine/cursors/text'), 'Xcur and then nothing');
    truncateSync(write('mine', 'move', 11), 2 ** 30);
    const theme = opened();
    assert.deepEqual(
      (['wait', 'help', 'text', 'move'] as const).map((shape) => colourOf(theme, shape)),
      [10, 10, 10, 10],
    );
  });

  it('leaves its folder by no name', () => {
    write('outside', 'default', 12);
    inherit('mine', 'Inherits=../outside,sub/../outside');
    for (const name of ['../outside', 'mine/../outside', ''])
      assert.equal(opened({ XCURSOR_PATH: join(folder, 'mine'), XCURSOR_THEME: name }).image('default'), arrow);
    assert.equal(opened().image('default'), arrow);
  });
});
