/** Buffers that the caller brings, in the loop: shown in their turn, never drawn into, let go once. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { ImportedBuffer, type ClientBuffer, type Fence } from '../../../src/buffer/index.js';
import { GuestheadError } from '../../../src/errors.js';
import type { DmabufFd, FramebufferId } from '../../../src/ffi/index.js';
import { Owner } from '../../../src/owner.js';
import type { Draw } from '../../../src/loop/index.js';
import { ending, HandClock, periodMs, Rig, settle, start, subscribe } from '../../support/loop-rig.js';

/** Four backbuffers: the first of the caller’s has slot 4. */
const firstSlot = 4;

/** Stands in for an imported buffer: the loop only hands it on. */
function buffer(): ClientBuffer {
  const layout = { width: 64, height: 32, format: 0, stride: 256, offset: 0, modifier: 0n, size: 0 };
  return new ImportedBuffer(layout, 1 as FramebufferId, -1 as DmabufFd, new Owner(), () => undefined).open();
}

/** A rig that admits buffers when they are first shown, which stay attached, as on a head. */
class ClientRig extends Rig {
  readonly clients = new Map<ClientBuffer, number>();
  /** Those that nothing shows or reads any more, each as often as it was so. */
  readonly idle: ClientBuffer[] = [];

  override slotOf = (client: ClientBuffer): number => {
    const known = this.clients.get(client);
    if (known !== undefined) return known;
    const slot = this.chain.admit(() => this.idle.push(client));
    this.native.attach(slot, 100 + slot, -1);
    this.clients.set(client, slot);
    return slot;
  };
}

/** Fences whose descriptors tell the frame. */
const seventy = (rig: Rig) => (frame: number) => rig.fences.make(70 + frame);

/** A draw that shows these in their turn, `undefined` = its own frame, then own frames for ever. */
function showing(list: readonly (ClientBuffer | undefined)[], fenceOf?: (frame: number) => Fence): Draw {
  return ({ number }) => {
    const shown = list[number];
    return shown === undefined ? undefined : { buffer: shown, fence: fenceOf?.(number) };
  };
}

describe('a buffer of the caller’s', () => {
  it('is shown in place of the frame, whose backbuffer is free again', () => {
    const rig = new ClientRig();
    const client = buffer();
    const { flips } = start(rig, showing([undefined, client]));
    assert.deepEqual(rig.committed, [firstSlot]);
    assert.deepEqual(rig.chain.counts(), { free: 2, drawing: 1, queued: 0, current: 1, draining: 0, lost: 0 });
    rig.flip();
    rig.flip();
    assert.deepEqual(
      flips.map(({ frame, slot, isClients }) => [frame, slot < firstSlot, isClients]),
      [
        [1, false, true],
        [2, true, false],
      ],
    );
  });

  it('leaves what the frame’s backbuffer holds known, unless draw has asked for its memory', () => {
    for (const touch of ['nothing', 'pixels', 'drawnFd'] as const) {
      const rig = new ClientRig(2);
      const client = buffer();
      const ages: number[] = [];
      const draw: Draw = (frame) => {
        ages.push(frame.age);
        if (frame.number < 4 || frame.number > 6) return undefined;
        if (touch !== 'nothing') assert.notEqual(frame[touch], undefined);
        return { buffer: client };
      };
      const { seen } = start(rig, draw);
      for (let i = 0; i < 9; i++) rig.flip();
      assert.equal(seen.error, undefined);
      const known = ages.slice(4).every((age) => age > 0);
      assert.deepEqual([ages.slice(0, 4), known], [[0, 0, 2, 2], touch === 'nothing'], `${touch}: ${ages.join()}`);
    }
  });

  it('may be the first that is shown, with the mode', () => {
    const rig = new ClientRig();
    const client = buffer();
    start(rig, showing([client]));
    assert.deepEqual(rig.shown, [firstSlot]);
    rig.flip();
    assert.deepEqual(rig.idle, [client]);
  });

  it('is let go once it was replaced and its fence has signalled', () => {
    const rig = new ClientRig();
    const client = buffer();
    rig.native.held.add(firstSlot);
    start(rig, showing([undefined, client]));
    rig.flip();
    assert.deepEqual(rig.idle, [], 'on the screen');
    rig.flip();
    rig.flip();
    assert.deepEqual(rig.idle, [], 'still read');
    rig.signal(firstSlot);
    assert.deepEqual(rig.idle, [client]);
  });

  it('is shown again while it is on the screen', () => {
    const rig = new ClientRig();
    const client = buffer();
    const { flips } = start(rig, showing([undefined, client, client, client, client]));
    for (let i = 0; i < 4; i++) rig.flip();
    assert.deepEqual(
      flips.map(({ slot }) => slot),
      [4, 4, 4, 4],
    );
    assert.deepEqual(rig.idle, []);
    rig.flip();
    assert.deepEqual(rig.idle, [client], 'once');
  });

  it('is held until it was let go as often as it was shown', () => {
    const rig = new ClientRig();
    const client = buffer();
    rig.native.held.add(firstSlot);
    start(rig, showing([undefined, client, undefined, client]));
    for (let i = 0; i < 3; i++) rig.flip(); // shown, replaced, shown again; its first fence is pending
    rig.signal(firstSlot);
    assert.deepEqual(rig.idle, [], 'on the screen for the second time');
    rig.flip();
    assert.deepEqual(rig.idle, [client]);
    const other = new ClientRig();
    other.native.held.add(firstSlot);
    start(other, showing([undefined, client, undefined, client]));
    for (let i = 0; i < 4; i++) other.flip(); // replaced twice before a fence came
    assert.deepEqual(other.idle, []);
    other.signal(firstSlot);
    assert.deepEqual(other.idle, [client]);
  });

  it('takes turns with others, each with a slot of its own', () => {
    const rig = new ClientRig();
    const [one, two] = [buffer(), buffer()];
    const { flips, seen } = start(rig, showing([one, two, one, two, one, two, undefined, undefined]));
    for (let i = 0; i < 7; i++) rig.flip();
    assert.equal(seen.error, undefined);
    assert.equal(flips.length, 7);
    for (const slot of rig.clients.values()) assert.equal(rig.chain.isHeld(slot), false, 'none is held in the end');
    assert.equal(rig.idle.at(-1), two);
    assert.deepEqual([...rig.clients.values()], [firstSlot, firstSlot + 1], 'each has the slot it had at first');
  });

  it('is committed with the fence that came with it, which is closed with the flip', () => {
    const rig = new ClientRig();
    const client = buffer();
    start(rig, showing([undefined, client, client], seventy(rig)));
    assert.deepEqual(rig.inFences, [-1, 71]);
    rig.flip();
    assert.deepEqual(rig.closedFences, [71]);
    rig.flip();
    assert.deepEqual(
      [rig.inFences, rig.closedFences],
      [
        [-1, 71, 72, -1],
        [71, 72],
      ],
    );
  });

  it('may come from an async draw', async () => {
    const rig = new ClientRig();
    const client = buffer();
    const work = ending();
    start(rig, ({ number }) => (number === 1 ? work.promise : undefined));
    work.resolve({ buffer: client, fence: rig.fences.make(70) });
    await settle();
    assert.deepEqual([rig.committed, rig.inFences], [[firstSlot], [-1, 70]]);
  });
});

describe('a buffer of the caller’s that is not shown after all', () => {
  it('because it has no slot fails the drawing: its fence is closed, the backbuffer is free', () => {
    for (const onDrawError of ['end', 'skip'] as const) {
      const rig = new Rig();
      const clock = new HandClock();
      rig.slotOf = () => {
        throw new GuestheadError('ERR_CLOSED', 'The imported buffer is closed');
      };
      const { seen, faults } = start(rig, showing([undefined, buffer()], seventy(rig)), clock, { onDrawError });
      const error = onDrawError === 'end' ? seen.error : faults[0];
      assert.ok(error instanceof GuestheadError);
      assert.equal(error.code, 'ERR_DRAW');
      assert.match(error.message, /imported buffer is closed/);
      assert.deepEqual(rig.closedFences, [71]);
      assert.equal(rig.chain.counts().drawing, 0);
      clock.advance(periodMs);
      assert.equal(rig.committed.length, onDrawError === 'end' ? 0 : 1);
    }
  });

  it('because a newer frame took its place is let go', () => {
    const rig = new ClientRig();
    const clock = new HandClock();
    const client = buffer();
    start(rig, showing([undefined, undefined, client], seventy(rig)), clock, { presentMode: 'mailbox' });
    clock.advance(periodMs / 8);
    assert.equal(rig.clients.size, 1);
    clock.advance(periodMs / 8);
    assert.deepEqual(rig.idle, [client]);
    assert.deepEqual(rig.closedFences, [72]);
    rig.flip();
    assert.ok(rig.committed.every((slot) => slot < firstSlot));
  });

  it('because the loop was stopped is let go', () => {
    const rig = new ClientRig();
    const client = buffer();
    const { subscription } = start(rig, showing([undefined, undefined, client], seventy(rig)));
    assert.equal(rig.clients.size, 1);
    subscription.unsubscribe();
    assert.deepEqual(rig.idle, [client]);
    assert.deepEqual(rig.closedFences, [72]);
  });

  it('because it came too late never gets a slot', async () => {
    const rig = new ClientRig();
    const clock = new HandClock();
    const work = ending();
    const draw: Draw = ({ number }) => (number === 1 ? work.promise : undefined);
    start(rig, draw, clock, { onDrawError: 'skip', flipTimeoutMs: 400 });
    for (let i = 0; i < 5; i++) clock.advance(100);
    work.resolve({ buffer: buffer(), fence: rig.fences.make(70) });
    await settle();
    assert.equal(rig.clients.size, 0);
    assert.deepEqual(rig.closedFences, [70]);
  });

  it('because its commit was refused for good is let go', () => {
    const rig = new ClientRig();
    const client = buffer();
    const { seen } = subscribe(rig, showing([undefined, client], seventy(rig)));
    rig.native.errnos.push(constants.errno.EINVAL);
    rig.flip();
    assert.equal((seen.error as GuestheadError).code, 'ERR_COMMIT');
    assert.deepEqual(rig.idle, [client]);
    assert.deepEqual(rig.closedFences, [71]);
  });
});

describe('a buffer of the caller’s on a display in trouble', () => {
  it('is shown with the mode after DRM master was lost', () => {
    const rig = new ClientRig();
    const clock = new HandClock();
    const client = buffer();
    const { flips } = subscribe(rig, showing([undefined, client]), clock);
    rig.native.errnos.push(constants.errno.EACCES);
    rig.flip();
    clock.advance(250);
    assert.deepEqual(rig.shown, [0, firstSlot]);
    rig.flip();
    assert.deepEqual(flips.length, 2);
    assert.deepEqual(rig.idle, []);
    rig.flip();
    assert.deepEqual(rig.idle, [client]);
  });

  it('is lost with the device, and nobody is told that it is idle', () => {
    const rig = new ClientRig();
    const client = buffer();
    const { seen } = start(rig, showing([undefined, client, client], seventy(rig)));
    rig.flip();
    rig.lose();
    assert.equal((seen.error as GuestheadError).code, 'ERR_DEVICE_LOST');
    assert.deepEqual(rig.idle, []);
    assert.deepEqual(rig.closedFences, [71, 72]);
  });
});
