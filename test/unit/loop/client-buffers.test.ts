/** Buffers that the caller brings, in the loop: shown in their turn, never drawn into, let go once. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { ClientBuffer } from '../../../src/buffer/index.js';
import { GuestheadError } from '../../../src/errors.js';
import type { DmabufFd, FramebufferId } from '../../../src/ffi/index.js';
import { Owner } from '../../../src/owner.js';
import type { Draw } from '../../../src/loop/index.js';
import { nativeError } from '../../../src/testing/index.js';
import { ending, HandClock, periodMs, Rig, settle, start } from '../../support/loop-rig.js';

/** Four backbuffers: the first of the caller's has place 4. */
const firstPlace = 4;

/** Stands in for an imported buffer: the loop only hands it on. */
function buffer(): ClientBuffer {
  const layout = { width: 64, height: 32, format: 0, stride: 256, offset: 0, modifier: 0n, size: 0 };
  return new ClientBuffer(layout, 1 as FramebufferId, -1 as DmabufFd, new Owner(), () => undefined);
}

/** A rig that admits buffers when they are first shown, and dismisses them when they are idle, as a head does. */
class GuestRig extends Rig {
  readonly places = new Map<ClientBuffer, number>();
  readonly idle: ClientBuffer[] = [];

  override placeOf = (given: unknown): number => {
    const guest = given as ClientBuffer;
    const known = this.places.get(guest);
    if (known !== undefined) return known;
    const place = this.chain.admit(() => {
      this.idle.push(guest);
      this.chain.dismiss(place);
      this.native.detach(place);
      this.places.delete(guest);
    });
    this.native.attach(place, 100 + place, -1);
    this.places.set(guest, place);
    return place;
  };
}

/** A draw that shows these in their turn, `undefined` = its own frame, then own frames for ever. */
function showing(list: readonly (ClientBuffer | undefined)[], fence?: number): Draw {
  return ({ number }) => {
    const shown = list[number];
    if (shown === undefined) return undefined;
    return fence === undefined ? { buffer: shown } : { buffer: shown, fence: fence + number };
  };
}

describe('a buffer of the caller’s', () => {
  it('is shown in place of the frame, whose backbuffer is free again', () => {
    const rig = new GuestRig();
    const guest = buffer();
    const { flips } = start(rig, showing([undefined, guest]));
    assert.deepEqual(rig.native.committed, [firstPlace]);
    assert.deepEqual(rig.chain.counts(), { free: 2, drawing: 1, queued: 0, current: 1, draining: 0, lost: 0 });
    rig.native.flip();
    rig.native.flip();
    assert.deepEqual(
      flips.map(({ frame, slot }) => [frame, slot < firstPlace]),
      [
        [1, false],
        [2, true],
      ],
    );
  });

  it('may be the first that is shown, by a modeset', () => {
    const rig = new GuestRig();
    const guest = buffer();
    start(rig, showing([guest]));
    assert.deepEqual(rig.shown, [firstPlace]);
    rig.native.flip();
    assert.deepEqual(rig.idle, [guest]);
  });

  it('is let go once it was replaced and its fence has signalled', () => {
    const rig = new GuestRig();
    const guest = buffer();
    rig.native.held.add(firstPlace);
    start(rig, showing([undefined, guest]));
    rig.native.flip();
    assert.deepEqual(rig.idle, [], 'on the screen');
    rig.native.flip();
    rig.native.flip();
    assert.deepEqual(rig.idle, [], 'still read');
    rig.native.signal(firstPlace);
    assert.deepEqual(rig.idle, [guest]);
    assert.equal(rig.places.size, 0);
  });

  it('is shown again while it is on the screen', () => {
    const rig = new GuestRig();
    const guest = buffer();
    const { flips } = start(rig, showing([undefined, guest, guest, guest, guest]));
    for (let i = 0; i < 4; i++) rig.native.flip();
    assert.deepEqual(
      flips.map(({ slot }) => slot),
      [4, 4, 4, 4],
    );
    assert.deepEqual(rig.idle, []);
    rig.native.flip();
    assert.deepEqual(rig.idle, [guest], 'once');
  });

  it('is held until it was let go as often as it was shown', () => {
    const rig = new GuestRig();
    const guest = buffer();
    rig.native.held.add(firstPlace);
    start(rig, showing([undefined, guest, undefined, guest]));
    for (let i = 0; i < 3; i++) rig.native.flip(); // shown, replaced, shown again; its first fence is pending
    rig.native.signal(firstPlace);
    assert.deepEqual(rig.idle, [], 'on the screen for the second time');
    rig.native.flip();
    assert.deepEqual(rig.idle, [guest]);
    const other = new GuestRig();
    other.native.held.add(firstPlace);
    start(other, showing([undefined, guest, undefined, guest]));
    for (let i = 0; i < 4; i++) other.native.flip(); // replaced twice before a fence came
    assert.deepEqual(other.idle, []);
    other.native.signal(firstPlace);
    assert.deepEqual(other.idle, [guest]);
  });

  it('takes turns with others, each with a place of its own', () => {
    const rig = new GuestRig();
    const [one, two] = [buffer(), buffer()];
    const { flips, seen } = start(rig, showing([one, two, one, two, one, two, undefined, undefined]));
    for (let i = 0; i < 7; i++) rig.native.flip();
    assert.equal(seen.error, undefined);
    assert.equal(flips.length, 7);
    assert.deepEqual(rig.places.size, 0, 'none is held in the end');
    assert.equal(rig.idle.at(-1), two);
    assert.equal(
      rig.chain.admit(() => undefined),
      firstPlace,
      'places are taken again',
    );
  });

  it('is committed with the fence that came with it, which is closed with the flip', () => {
    const rig = new GuestRig();
    const guest = buffer();
    start(rig, showing([undefined, guest, guest], 70));
    assert.deepEqual(rig.inFences, [71]);
    rig.native.flip();
    assert.deepEqual(rig.closedFences, [71]);
    rig.native.flip();
    assert.deepEqual(
      [rig.inFences, rig.closedFences],
      [
        [71, 72, -1],
        [71, 72],
      ],
    );
  });

  it('may come from an async draw', async () => {
    const rig = new GuestRig();
    const guest = buffer();
    const work = ending();
    start(rig, ({ number }) => (number === 1 ? work.promise : undefined));
    work.resolve({ buffer: guest, fence: 70 });
    await settle();
    assert.deepEqual([rig.native.committed, rig.inFences], [[firstPlace], [70]]);
  });
});

describe('a buffer of the caller’s that is not shown after all', () => {
  it('because it has no place fails the drawing: its fence is closed, the backbuffer is free', () => {
    for (const onDrawError of ['end', 'skip'] as const) {
      const rig = new Rig();
      const clock = new HandClock();
      rig.placeOf = () => {
        throw new GuestheadError('ERR_CLOSED', 'The imported buffer is closed');
      };
      const { seen, faults } = start(rig, showing([undefined, buffer()], 70), clock, { onDrawError });
      const error = onDrawError === 'end' ? seen.error : faults[0];
      assert.ok(error instanceof GuestheadError);
      assert.equal(error.code, 'ERR_DRAW');
      assert.match(error.message, /imported buffer is closed/);
      assert.deepEqual(rig.closedFences, [71]);
      assert.equal(rig.chain.counts().drawing, 0);
      clock.advance(periodMs);
      assert.equal(rig.native.committed.length, onDrawError === 'end' ? 0 : 1);
    }
  });

  it('because a newer frame took its place is let go', () => {
    const rig = new GuestRig();
    const clock = new HandClock();
    const guest = buffer();
    start(rig, showing([undefined, undefined, guest], 70), clock, { presentMode: 'mailbox' });
    assert.equal(rig.places.size, 1);
    clock.advance(periodMs / 8);
    assert.deepEqual(rig.idle, [guest]);
    assert.deepEqual(rig.closedFences, [72]);
    rig.native.flip();
    assert.ok(rig.native.committed.every((slot) => slot < firstPlace));
  });

  it('because the loop was stopped is let go', () => {
    const rig = new GuestRig();
    const guest = buffer();
    const { subscription } = start(rig, showing([undefined, undefined, guest], 70));
    assert.equal(rig.places.size, 1);
    subscription.unsubscribe();
    assert.deepEqual(rig.idle, [guest]);
    assert.deepEqual(rig.closedFences, [72]);
  });

  it('because it came too late never gets a place', async () => {
    const rig = new GuestRig();
    const clock = new HandClock();
    const work = ending();
    const draw: Draw = ({ number }) => (number === 1 ? work.promise : undefined);
    start(rig, draw, clock, { onDrawError: 'skip', flipTimeoutMs: 400 });
    for (let i = 0; i < 5; i++) clock.advance(100);
    work.resolve({ buffer: buffer(), fence: 70 });
    await settle();
    assert.equal(rig.places.size, 0);
    assert.deepEqual(rig.closedFences, [70]);
  });

  it('because its commit was refused for good is let go', () => {
    const rig = new GuestRig();
    const guest = buffer();
    rig.native.errnos.push(constants.errno.EINVAL);
    const { seen } = start(rig, showing([undefined, guest], 70));
    assert.equal((seen.error as GuestheadError).code, 'ERR_COMMIT');
    assert.deepEqual(rig.idle, [guest]);
    assert.deepEqual(rig.closedFences, [71]);
  });
});

describe('a buffer of the caller’s on a display in trouble', () => {
  it('is shown by the modeset after DRM master was lost', () => {
    const rig = new GuestRig();
    const clock = new HandClock();
    const guest = buffer();
    rig.native.errnos.push(constants.errno.EACCES);
    const { flips } = start(rig, showing([undefined, guest]), clock);
    clock.advance(250);
    assert.deepEqual(rig.shown, [0, firstPlace]);
    rig.native.flip();
    assert.deepEqual(flips.length, 1);
    assert.deepEqual(rig.idle, [guest]);
  });

  it('is lost with the device, and nobody is told that it is idle', () => {
    const rig = new GuestRig();
    const guest = buffer();
    const { seen } = start(rig, showing([undefined, guest, guest], 70));
    rig.native.flip();
    rig.native.lose(nativeError(constants.errno.ENODEV, 'read'));
    assert.equal((seen.error as GuestheadError).code, 'ERR_DEVICE_LOST');
    assert.deepEqual(rig.idle, []);
    assert.deepEqual(rig.closedFences, [71, 72]);
  });
});
