import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bits, isAbsolute, isForSeat, type Capabilities } from '../../../src/input/capabilities.js';
import { inputProperties } from '../../../src/input/udev-record.js';
import { madeUpDevices, type MadeUpKind } from '../../support/made-up-inputs.js';

function capabilities(
  kind: MadeUpKind,
  change: Partial<Record<'ev' | 'key' | 'rel' | 'abs' | 'properties', string>> = {},
) {
  const all = { properties: '0', ...madeUpDevices[kind], ...change };
  const [types, keys, relative, absolute, properties] = [all.ev, all.key, all.rel, all.abs, all.properties].map(
    (text) => Bits.parse(text),
  ) as [Bits, Bits, Bits, Bits, Bits];
  return { types, keys, relative, absolute, properties } satisfies Capabilities;
}

describe("a device's bits", () => {
  it('are words of 64, the highest first', () => {
    const bits = Bits.parse('8000000000000001 0\n');
    assert.deepEqual([bits.has(64, 127), bits.has(0), bits.has(64, 65)], [true, false, false]);
    assert.deepEqual([bits.hasAny(65, 127), bits.hasAny(65, 128)], [false, true]);
    assert.deepEqual([bits.hasOnly(64), bits.hasOnly(64, 127, 3), Bits.parse('0').hasOnly(1)], [false, true, false]);
    assert.deepEqual([Bits.parse('e').hasAll(1, 4), Bits.parse('e').hasAll(1, 5)], [true, false]);
  });

  it('tell what points to places of the screen, and what nobody moves, touches or types with', () => {
    const kinds = Object.keys(madeUpDevices) as MadeUpKind[];
    assert.deepEqual(
      kinds.filter((kind) => isAbsolute(capabilities(kind))),
      ['tablet', 'touchscreen'],
    );
    assert.deepEqual(
      kinds.filter((kind) => !isForSeat(capabilities(kind))),
      ['powerButton', 'lid', 'speaker'],
    );
  });
});

describe("udev's record of a device", () => {
  /** As udevd 252 says of them. */
  const expected: Record<MadeUpKind, string[]> = {
    tablet: ['ID_INPUT_MOUSE'],
    mouse: ['ID_INPUT_MOUSE'],
    keyboard: ['ID_INPUT_KEY', 'ID_INPUT_KEYBOARD'],
    powerButton: ['ID_INPUT_KEY'],
    lid: ['ID_INPUT_SWITCH'],
    speaker: [],
    touchscreen: ['ID_INPUT_TOUCHSCREEN'],
    touchpad: ['ID_INPUT_TOUCHPAD'],
  };
  for (const [kind, properties] of Object.entries(expected))
    it(`says of a ${kind} that it is ${properties.join(' and ') || 'a device'}`, () => {
      assert.deepEqual(inputProperties(capabilities(kind as MadeUpKind)), ['ID_INPUT', ...properties]);
    });

  it('knows a pen, a pointing stick, an accelerometer, and a gamepad that claims every axis for none of them', () => {
    const penKeys = '1c03 0 0 0 0 0';
    assert.deepEqual(inputProperties(capabilities('touchscreen', { key: penKeys })), ['ID_INPUT', 'ID_INPUT_TABLET']);
    assert.deepEqual(inputProperties(capabilities('mouse', { properties: '20' })).slice(1), [
      'ID_INPUT_MOUSE',
      'ID_INPUT_POINTINGSTICK',
    ]);
    const still = { ev: '9', key: '0', abs: '7', properties: '40' };
    assert.deepEqual(inputProperties(capabilities('mouse', still)), ['ID_INPUT', 'ID_INPUT_ACCELEROMETER']);
    const gamepad = { ev: 'b', key: '7cdb000000000000 0 0 0 0', rel: '0', abs: 'ffffffffffffffff' };
    assert.deepEqual(inputProperties(capabilities('mouse', gamepad)), ['ID_INPUT']);
  });
});
