/** The slots of clients' buffers: attached from the first show to the close, evicted where others need the room. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { ClientBuffer, Swapchain, type ImportedBuffer } from '../../../src/buffer/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { assertShowable, ClientSlots } from '../../../src/head/client-slots.js';
import type { Attachable } from '../../../src/head/kernel-scanout.js';
import { nativeError } from '../../../src/testing/index.js';
import { FakeImport, modeOf } from '../../support/screen-rig.js';

const { EMFILE } = constants.errno;
const mode = modeOf(64, 32);
/** Beside four backbuffers. */
const room = 60;

/** A frame path that counts what is attached to it. */
class SlotRig {
  readonly attached = new Map<number, Attachable>();
  readonly errnos: number[] = [];
  readonly chain = new Swapchain<never>(['a', 'b', 'c', 'd'] as unknown as never[]);
  readonly slots = new ClientSlots(this.chain, {
    attach: (slot, buffer) => {
      const errno = this.errnos.shift() ?? 0;
      if (errno !== 0) throw nativeError(errno, 'fcntl');
      this.attached.set(slot, buffer);
    },
    detach: (slot) => {
      assert.ok(this.attached.delete(slot), `slot ${slot} is not attached`);
    },
  });

  show(buffer: ClientBuffer): number {
    const slot = this.slots.slotOf(buffer, mode);
    this.chain.take(slot);
    return slot;
  }

  /** The host has let go of it. */
  letGo(slot: number): void {
    this.chain.released(slot);
  }
}

function open(count: number): { imports: FakeImport[]; handles: ClientBuffer[] } {
  const imports = Array.from({ length: count }, () => new FakeImport());
  return { imports, handles: imports.map((one) => one.open()) };
}

describe('the slot of a client’s buffer', () => {
  it('is the same from its first show on, whichever handle shows it, until the last is closed', () => {
    const rig = new SlotRig();
    const given = new FakeImport();
    const [one, other] = [given.open(), given.open()];
    const slot = rig.show(one);
    rig.letGo(slot);
    assert.equal(rig.attached.size, 1, 'it stays attached while nothing shows it');
    assert.equal(rig.show(other), slot);
    rig.letGo(slot);
    one.close();
    assert.deepEqual([rig.attached.size, given.closed], [1, false]);
    other.close();
    assert.deepEqual([rig.attached.size, given.closed], [0, true]);
    assert.equal(rig.chain.room, room);
  });

  it('stays until the host has let go, where the last handle is closed before', () => {
    const rig = new SlotRig();
    const given = new FakeImport();
    const handle = given.open();
    const slot = rig.show(handle);
    rig.show(handle);
    handle.close();
    rig.letGo(slot);
    assert.deepEqual([rig.attached.size, given.closed], [1, false]);
    rig.letGo(slot);
    assert.deepEqual([rig.attached.size, given.closed, rig.chain.room], [0, true, room]);
  });

  it('is not lost where the kernel has no descriptor left to attach it, however often', () => {
    const rig = new SlotRig();
    const { handles } = open(1);
    const [handle] = handles;
    assert.ok(handle);
    for (let i = 0; i < 100; i++) {
      rig.errnos.push(EMFILE);
      assert.throws(() => rig.slots.slotOf(handle, mode), { errno: EMFILE });
    }
    assert.equal(rig.chain.room, room);
    assert.equal(rig.show(handle), 4);
  });

  it('is taken by another buffer where none is free: of those that nothing shows, the one shown longest ago', () => {
    const rig = new SlotRig();
    const { imports, handles } = open(200);
    for (const handle of handles) rig.letGo(rig.show(handle));
    assert.equal(rig.attached.size, room);
    assert.ok(
      imports.every(({ closed }) => !closed),
      'all can be shown again',
    );
    const [first, oldest] = handles.slice(200 - room);
    assert.ok(first && oldest);
    rig.letGo(rig.show(first));
    const [newcomer] = open(1).handles;
    assert.ok(newcomer);
    rig.show(newcomer);
    const kept = new Set([...rig.attached.values()]);
    assert.ok(kept.has(ClientBuffer.imported(first)));
    assert.ok(!kept.has(ClientBuffer.imported(oldest)));
  });

  it('is refused where all are shown, and nothing is taken from them', () => {
    const rig = new SlotRig();
    const { handles } = open(room);
    for (const handle of handles) rig.show(handle);
    const [more] = open(1).handles;
    assert.ok(more);
    assert.throws(() => rig.slots.slotOf(more, mode), { code: 'ERR_USAGE', advice: /close imported buffers/ });
    assert.equal(rig.attached.size, room);
  });

  it('goes with the head, shown or not, and the buffer with it where it was closed', () => {
    const rig = new SlotRig();
    const { imports, handles } = open(3);
    for (const handle of handles) rig.show(handle);
    handles[0]?.close();
    rig.slots.close();
    assert.deepEqual(
      imports.map(({ closed }) => closed),
      [true, false, false],
    );
    assert.deepEqual([rig.attached.size, rig.chain.room], [0, room]);
    rig.slots.close();
  });

  it('tells which buffer it is of', () => {
    const rig = new SlotRig();
    const { imports, handles } = open(2);
    const slots = handles.map((handle) => rig.show(handle));
    const found = slots.map((slot) => rig.slots.bufferAt(slot));
    assert.deepEqual(
      found,
      imports.map(({ imported }): ImportedBuffer => imported),
    );
    assert.deepEqual([rig.slots.bufferAt(0), rig.slots.bufferAt(undefined)], [undefined, undefined]);
  });
});

describe('what can be shown', () => {
  it('is an open buffer that fills the mode', () => {
    for (const size of [
      [64, 32],
      [65, 33],
    ] as const)
      assertShowable(new FakeImport([...size]).open(), mode);
    for (const size of [
      [63, 32],
      [64, 31],
    ] as const)
      assert.throws(() => assertShowable(new FakeImport([...size]).open(), mode), {
        code: 'ERR_UNSUPPORTED',
        advice: /bring 64x32 or more/,
      });
  });

  it('is neither a closed buffer, nor one whose memory has gone, nor what is none', () => {
    const handle = new FakeImport().open();
    handle.close();
    assert.throws(() => assertShowable(handle, mode), { code: 'ERR_CLOSED' });
    const lost = new FakeImport();
    const held = lost.open();
    lost.imported.lose();
    assert.throws(() => assertShowable(held, mode), { code: 'ERR_CLOSED' });
    for (const wrong of [undefined, null, {}, 7, new FakeImport().imported])
      assert.throws(() => assertShowable(wrong, mode), { code: 'ERR_USAGE' });
  });

  it('is not what the host has refused, for the reason that it gave, by whichever handle', () => {
    const given = new FakeImport();
    const [one, other] = [given.open(), given.open()];
    const refusal = new GuestheadError('ERR_HOST_REFUSED', 'no');
    ClientBuffer.imported(one).refuse(refusal);
    for (const handle of [one, other]) assert.throws(() => assertShowable(handle, mode), refusal);
  });
});
