/** Keymaps of the real xkbcommon and its data. */
import assert from 'node:assert/strict';
import { closeSync, readFileSync, rmSync, writeFileSync, mkdtempSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openKeyboard, type KeymapChoice } from '../../src/input/index.js';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';

/** Evdev codes. */
const [keyA, leftShift, capsLock, f1] = [30, 42, 58, 59];
/** F_SEAL_SEAL, _SHRINK, _GROW and _WRITE. */
const allSeals = 15;

const compile = (layout: string) => native.compileKeymap('', '', layout, '', '');

describe('a keymap', () => {
  it('is made of its names, or of its text', () => {
    for (const values of [[], [1], ['', '', '', ''], ['', '', '', '', null]])
      assert.throws(() => native.compileKeymap(...(values as [string])), TypeError);
    const [fd, bytes] = compile('de').memory();
    const text = readFileSync(`/proc/self/fd/${fd}`);
    closeSync(fd);
    assert.equal(text.length, bytes);
    assert.equal(text.at(-1), 0);
    assert.match(text.toString(), /^xkb_keymap \{[^]*adiaeresis/);
    const again = native.compileKeymap(text.subarray(0, -1).toString()).memory();
    closeSync(again[0]);
    assert.equal(again[1], bytes);
  });

  it('lies in memory that nobody can change, and that can be mapped shared', () => {
    const [fd, bytes] = compile('us').memory();
    assert.equal(native.sealsOf(fd), allSeals);
    assert.throws(() => writeSync(fd, 'x'), { code: 'EBADF' });
    const mapping = native.mapPieces(new Uint32Array([fd]), new BigUint64Array([0n]), new BigUint64Array([4096n]));
    assert.equal(Buffer.from(mapping.buffer).toString('latin1', 0, 10), 'xkb_keymap');
    assert.ok(bytes > 4096);
    mapping.close();
    closeSync(fd);
  });

  it('knows what repeats', () => {
    const keymap = compile('us');
    assert.deepEqual([keymap.repeats(keyA), keymap.repeats(leftShift), keymap.repeats(f1)], [true, false, true]);
    for (const key of [-1, 0x300, 0.5]) assert.throws(() => keymap.repeats(key), RangeError);
    keymap.close();
  });

  it('says how modifiers change, and what is lit', () => {
    const keymap = compile('us');
    assert.deepEqual([keymap.update(keyA, true), keymap.update(keyA, false)], [false, false]);
    assert.deepEqual([keymap.update(leftShift, true), keymap.modifiers()], [true, [1, 0, 0, 0]]);
    assert.deepEqual([keymap.update(leftShift, false), keymap.modifiers()], [true, [0, 0, 0, 0]]);
    for (const pressed of [true, false]) keymap.update(capsLock, pressed);
    assert.deepEqual([keymap.modifiers(), keymap.leds()], [[0, 0, 2, 0], 2]);
    assert.throws(() => keymap.update(keyA, 1 as never), TypeError);
    keymap.close();
  });

  it('closes once; later use throws', () => {
    const keymap = compile('us');
    keymap.close();
    keymap.close();
    for (const use of [
      () => keymap.memory(),
      () => keymap.leds(),
      () => keymap.update(1, true),
      () => keymap.repeats(1),
    ])
      assert.throws(use, { code: 'ERR_CLOSED' });
  });
});

describe('a keyboard', () => {
  it('has one keymap, a group that its options switch, and gives all back', () => {
    const before = openDescriptors();
    const keyboard = openKeyboard(native, { layout: 'us,ru', options: 'grp:caps_toggle' });
    assert.equal(openDescriptors(), before + 1);
    assert.deepEqual(keyboard.modifiers, { depressed: 0, latched: 0, locked: 0, group: 0 });
    assert.equal(keyboard.update(capsLock, true), true);
    assert.equal(keyboard.modifiers.group, 1);
    keyboard.close();
    keyboard.close();
    assert.equal(openDescriptors(), before);
  });

  const folder = mkdtempSync(join(tmpdir(), 'guesthead-keymap-'));
  const file = join(folder, 'mine.xkb');
  writeFileSync(file, 'xkb_keymap { xkb_keycodes { <A> = 38 };');
  process.once('exit', () => {
    rmSync(folder, { recursive: true });
  });
  for (const [what, choice, message, advice] of [
    ['names a layout that there is not', { layout: 'xx' }, /keymap of layout xx does not compile: .*xx/, /evdev\.lst/],
    ['is a file that is none', { file: '/nonexistent' }, /nonexistent cannot be read.*ENOENT/, /xkbcli/],
    ['is a file with a mistake', { file }, /mine\.xkb does not compile: .*syntax error/, /mend the file/],
  ] as const satisfies readonly (readonly [string, KeymapChoice, RegExp, RegExp])[])
    it(`whose keymap ${what} is refused with advice`, () => {
      const before = openDescriptors();
      assert.throws(() => openKeyboard(native, choice), { code: 'ERR_KEYMAP', message, advice });
      assert.equal(openDescriptors(), before);
    });

  it('has the errno of a file that cannot be read', () => {
    assert.throws(() => openKeyboard(native, { file: folder }), { errno: constants.errno.EISDIR });
  });
});
