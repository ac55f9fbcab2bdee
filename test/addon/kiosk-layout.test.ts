/** Where windows go is the caller's to say. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { KioskRig, Window } from './support/kiosk-rig.js';

const second = 'Virtual-2';
const modes = [
  { width: 64, height: 48 },
  { width: 128, height: 32 },
];
let rig: KioskRig;
afterEach(() => rig.close());

describe('a layout of the caller', () => {
  it('is asked for each head, with the windows of that', async () => {
    const asked: [string, number][] = [];
    rig = await KioskRig.open(
      {
        layout: (found, { connector, width, height }) => {
          asked.push([connector, found.length]);
          return found.map((window) => ({ window, x: width / 2, y: 0, size: { width: width / 2, height } }));
        },
      },
      modes,
    );
    const window = await Window.open(rig.listen(second));
    const size = window.ack();
    assert.deepEqual(size, [64, 32]);
    await rig.fill(window, 0x222222, size);
    assert.deepEqual([rig.pixelAt(63, 0, second), rig.pixelAt(64, 0, second)], [0, 0x222222]);
    assert.ok(asked.some(([connector, count]) => connector === second && count === 1));
    window.close();
    assert.ok(asked.every(([connector, count]) => connector === second || count === 0));
  });

  it('that fails is told of once, and the newest window fills the head meanwhile', async () => {
    let isBroken = true;
    rig = await KioskRig.open(
      {
        layout: (found) => {
          if (isBroken) throw new Error('no place');
          return found.map((window) => ({ window, x: 0, y: 0, size: { width: 10, height: 10 } }));
        },
      },
      modes,
    );
    const faults: unknown[] = []; // also of what was asked before anybody could hear of it
    rig.kiosk.faults$.subscribe(({ error }) => faults.push(error));
    const window = await rig.open();
    const size = window.ack();
    assert.deepEqual(size, [64, 48]);
    await rig.fill(window, 0x111111, size);
    assert.equal(rig.pixelAt(0, 0), 0x111111);
    assert.deepEqual(faults.map(String), ['Error: no place']);
    isBroken = false;
    rig.kiosk.rearrange();
    await window.client.roundtrip();
    assert.deepEqual(window.ack(), [10, 10]);
    window.close();
  });
});
