/** What words of `guesthead kiosk` mean, and which are refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cursorMode, idleOf, keymapOf, rotations, scaleOf } from '../../../src/cli/kiosk-words.js';
import { enums } from '../../../src/wayland/index.js';

describe('the words of guesthead kiosk', () => {
  it('name a keymap by its parts, or by a file', () => {
    assert.deepEqual(keymapOf('de'), { layout: 'de', variant: undefined, options: undefined });
    assert.deepEqual(keymapOf('de:nodeadkeys'), { layout: 'de', variant: 'nodeadkeys', options: undefined });
    const options = 'grp:alt_shift_toggle,compose:ralt';
    assert.deepEqual(keymapOf(`us,ru::${options}`), { layout: 'us,ru', variant: undefined, options });
    assert.deepEqual(keymapOf('./my.xkb'), { file: './my.xkb' });
  });

  it('say when the pointer is seen', () => {
    assert.deepEqual(['auto', 'always', 'never', '2.5'].map(cursorMode), ['auto', 'always', 'never', 2.5]);
    for (const word of ['', '0', '-1', 'sometimes', 'Infinity'])
      assert.throws(() => cursorMode(word), /none of auto, always, never/, word);
  });

  it('give a scale, and a rotation in the order of wl_output.transform', () => {
    assert.deepEqual(['1', '1.5', '0.25', '8'].map(scaleOf), [1, 1.5, 0.25, 8]);
    for (const word of ['', '0', '9', 'two']) assert.throws(() => scaleOf(word), /no number from 0.25 to 8/, word);
    const transforms: Record<string, number> = { ...enums.wl_output.transform, 0: enums.wl_output.transform.normal };
    for (const [index, rotation] of rotations.entries()) assert.equal(transforms[rotation], index);
  });

  it('say when the screen is dark, and how', () => {
    assert.deepEqual(idleOf('600=black'), { afterMs: 600_000, look: 'black' });
    assert.deepEqual(idleOf('0.5=off'), { afterMs: 500, look: 'off' });
    for (const word of ['', '600', '=off', '0=off', '-1=off', 'soon=off', 'Infinity=off', '600=grey'])
      assert.throws(() => idleOf(word), /no number of seconds with =black or =off/, word);
  });
});
