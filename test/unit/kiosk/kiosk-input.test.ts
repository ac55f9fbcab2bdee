/** The devices of a kiosk, where something that they need is missing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { openKioskInput } from '../../../src/kiosk/kiosk-input.js';

/** As the addon has it where xkb-data is not installed. */
const addon = {
  compileKeymap: () => {
    throw Object.assign(new Error('Couldn’t find file "rules/evdev"'), { code: 'ERR_KEYMAP' });
  },
} as unknown as Parameters<typeof openKioskInput>[0];

describe('a kiosk’s input', () => {
  it('is without a keyboard where no keymap can be made, and says so once, with what to install', () => {
    const faults: unknown[] = [];
    const { keyboard } = openKioskInput(addon, { input: 'all', touch: [], keymap: undefined }, (fault) =>
      faults.push(fault),
    );
    assert.deepEqual([keyboard, faults.length], [undefined, 1]);
    const { code, message, advice } = faults[0] as GuestheadError;
    assert.equal(code, 'ERR_KEYMAP');
    assert.match(message, /does not compile.*; clients have no keyboard$/);
    assert.match(advice ?? '', /xkb/);
  });

  it('is refused where a keymap was asked for that cannot be made', () => {
    const wishes = { input: 'all' as const, touch: [], keymap: { layout: 'de' } };
    assert.throws(() => openKioskInput(addon, wishes, () => undefined), { code: 'ERR_KEYMAP' });
  });
});
