import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import type { GemHandle } from '../../../src/ffi/index.js';
import { Cursor } from '../../../src/kms/cursor.js';

const arrow = new Uint32Array(64 * 64).fill(0xff112233);
const hand = new Uint32Array(64 * 64).fill(0x80402010);
const tip = { x: 0, y: 0 };

/** A kernel that records its calls, and two pictures whose last pixels drawn can be read. */
class CursorRig {
  readonly calls: string[] = [];
  readonly drawn = new Map<number, number | undefined>();
  closed = 0;
  hasToWait = false;
  /** Makes the calls fail, and the closing of the pictures. */
  refuse: (() => never) | undefined;
  readonly cursor: Cursor;

  constructor() {
    this.cursor = new Cursor(
      {
        set: (shape) => {
          this.refuse?.();
          const { handle = 0, hotspot = tip } = shape ?? {};
          this.calls.push(handle === 0 ? 'hide' : `show ${handle} ${hotspot.x},${hotspot.y}`);
        },
        move: (x, y) => {
          this.refuse?.();
          this.calls.push(`move ${x},${y}`);
        },
      },
      () => this.#image(),
      () => this.hasToWait,
    );
    this.calls.length = 0;
  }

  taken(): string[] {
    return this.calls.splice(0);
  }

  #image() {
    const handle = (this.drawn.size + 1) as GemHandle;
    this.drawn.set(handle, undefined);
    const draw = (pixels: Uint32Array) => {
      this.drawn.set(handle, pixels[0]);
    };
    const close = () => {
      this.closed++;
      this.refuse?.();
    };
    return { handle, draw, close };
  }
}

describe('the hardware cursor', () => {
  it('is changed at once, by one call a change, while no flip is under way', () => {
    const rig = new CursorRig();
    rig.cursor.move(100, 50);
    assert.deepEqual(rig.taken(), ['move 100,50']);
    rig.cursor.setImage(arrow, tip);
    assert.deepEqual(rig.taken(), ['show 1 0,0']);
    assert.equal(rig.drawn.get(1), 0xff112233);
    rig.cursor.move(100, 50);
    assert.deepEqual(rig.taken(), [], 'it is there already');
    rig.cursor.hide();
    assert.deepEqual(rig.taken(), ['hide']);
  });

  it('never draws into the picture that is shown', () => {
    const rig = new CursorRig();
    for (const handle of [1, 2, 1, 2]) {
      rig.cursor.setImage(handle === 1 ? arrow : hand, tip);
      assert.equal(rig.taken().at(-1), `show ${handle} 0,0`);
    }
    assert.deepEqual([...rig.drawn.values()], [0xff112233, 0x80402010]);
  });

  it('points with its hotspot, also where a new picture has another', () => {
    const rig = new CursorRig();
    rig.cursor.move(100, 50);
    rig.cursor.setImage(arrow, { x: 3, y: 4 });
    assert.deepEqual(rig.taken(), ['move 100,50', 'move 97,46', 'show 1 3,4']);
    rig.cursor.move(0, 0);
    assert.deepEqual(rig.taken(), ['move -3,-4']);
  });

  it('waits for a flip under way, and then only its newest place and picture count', () => {
    const rig = new CursorRig();
    rig.cursor.setImage(arrow, tip);
    rig.taken();
    rig.hasToWait = true;
    for (let x = 1; x <= 10; x++) rig.cursor.move(x, 7);
    rig.cursor.setImage(arrow, tip);
    rig.cursor.setImage(hand, tip);
    assert.deepEqual(rig.taken(), []);
    assert.deepEqual([...rig.drawn.values()], [0xff112233, 0x80402010], 'the shown one is as it was');
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), ['move 10,7', 'show 2 0,0']);
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), []);
  });

  it('hidden or shown again during a flip is what was said last', () => {
    const rig = new CursorRig();
    rig.cursor.move(0, 0);
    rig.taken();
    rig.hasToWait = true;
    rig.cursor.setImage(arrow, tip);
    rig.cursor.hide();
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), ['hide']);
    rig.cursor.hide();
    rig.cursor.setImage(hand, tip);
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), ['show 1 0,0']);
  });

  it('keeps a change that the kernel refused for the next time', () => {
    const rig = new CursorRig();
    rig.refuse = () => {
      throw new GuestheadError('ERR_PERMISSION', 'not master');
    };
    const refused = { code: 'ERR_PERMISSION' };
    assert.throws(() => {
      rig.cursor.move(5, 5);
    }, refused);
    assert.throws(() => {
      rig.cursor.setImage(hand, tip);
    }, refused);
    rig.refuse = undefined;
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), ['move 5,5', 'show 1 0,0']);
  });

  it('refuses other sizes, a hotspot outside, and half a pixel', () => {
    const { cursor, calls } = new CursorRig();
    const wrong = [
      () => cursor.setImage(new Uint32Array(32 * 32), tip),
      () => cursor.setImage(arrow, { x: 64, y: 0 }),
      () => cursor.setImage(arrow, { x: 0, y: -1 }),
      () => cursor.move(0.5, 0),
      () => cursor.move(0, NaN),
    ];
    for (const change of wrong) assert.throws(change, { code: 'ERR_USAGE' });
    assert.deepEqual(calls, []);
  });

  it('is hidden and freed once by close, also where the display is gone', () => {
    const rig = new CursorRig();
    rig.cursor.setImage(arrow, tip);
    rig.taken();
    rig.cursor.close();
    rig.cursor.close();
    assert.deepEqual([rig.taken(), rig.closed], [['hide'], 2]);
    rig.cursor.apply();
    assert.deepEqual(rig.taken(), []);
    assert.throws(() => rig.cursor.move(1, 1), { code: 'ERR_CLOSED' });

    const lost = new CursorRig();
    lost.refuse = () => {
      throw new GuestheadError('ERR_DEVICE_LOST', 'gone', { errno: constants.errno.ENODEV });
    };
    lost.cursor.close(); // throws nothing, though the kernel refuses to hide it and to free either picture
    assert.equal(lost.closed, 2);
  });

  it('leaves nothing open where there is none, or where the second picture fails', () => {
    let closed = 0;
    let created = 0;
    const image = () => {
      if (++created === 2) throw new GuestheadError('ERR_SYSTEM', 'no memory');
      return { handle: 1 as GemHandle, draw: () => undefined, close: () => closed++ };
    };
    const none = () => {
      throw new GuestheadError('ERR_UNSUPPORTED', 'no cursor');
    };
    const nothing = () => undefined;
    const hasToWait = () => false;
    assert.throws(() => new Cursor({ set: none, move: nothing }, image, hasToWait), { code: 'ERR_UNSUPPORTED' });
    assert.equal(created, 0);
    assert.throws(() => new Cursor({ set: nothing, move: nothing }, image, hasToWait), { code: 'ERR_SYSTEM' });
    assert.deepEqual([created, closed], [2, 1]);
  });
});
