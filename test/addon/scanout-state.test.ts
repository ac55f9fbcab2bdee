/** What else a frame's commit can set: the mode that goes with it, and the parts of the picture that have changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commitFlag, type AtomicRequest } from '../../src/native/index.js';
import { openDescriptors } from './support/descriptors.js';
import { ids, underFakeKernel } from './support/fake-kernel.js';
import { flipFlags, useScanoutRig } from './support/scanout-rig.js';

const most = 64;

/** So many assignments, three to an object. */
function stateOf(count: number): AtomicRequest {
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    objects: Uint32Array.from(indices.map((index) => 10 + Math.floor(index / 3))),
    properties: Uint32Array.from(indices.map((index) => 100 + index)),
    values: BigUint64Array.from(indices.map((index) => BigInt(index))),
  };
}

const state = stateOf(3);
/** What each of the two must refuse, and with which kind of error. */
const wrongDamage: readonly (readonly [unknown, ErrorConstructor])[] = [
  [null, TypeError],
  [7, TypeError],
  [[0, 0, 8, 8], TypeError],
  [new Int32Array(4), TypeError],
  [new Float64Array(4), TypeError],
  [new DataView(new ArrayBuffer(16)), TypeError],
  [Uint32Array.of(0, 0, 8), RangeError],
  [Uint32Array.of(0, 0, 8, 8, 1), RangeError],
];
const wrongStates: readonly (readonly [unknown, ErrorConstructor])[] = [
  [null, TypeError],
  [7, TypeError],
  [{}, TypeError],
  [{ ...state, objects: [1, 1, 2] }, TypeError],
  [{ ...state, properties: new Int32Array(3) }, TypeError],
  [{ ...state, values: new BigInt64Array(3) }, TypeError],
  [{ ...state, properties: new Uint32Array(2) }, RangeError],
  [{ ...state, values: new BigUint64Array(4) }, RangeError],
];

/** For messages. */
const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();
  const commit = (damage?: Uint32Array, state?: AtomicRequest, inFence = -1, flags = flipFlags) =>
    rig.scanout.commit(3, inFence, flags, false, damage, state);

  it('a commit with wrong damage or a wrong state only throws', () => {
    rig.scanout.attach(3, 77, -1);
    for (const [damage, kind] of wrongDamage)
      assert.throws(() => commit(damage as Uint32Array), kind, `damage ${String(damage)}`);
    for (const [wrong, kind] of wrongStates)
      assert.throws(() => commit(undefined, wrong as AtomicRequest), kind, `state ${JSON.stringify(wrong, asText)}`);
    assert.deepEqual(rig.card.commits(), []);
  });

  describe('a commit with a state', () => {
    it('sets it beside the picture and its fence, in one request', () => {
      rig.scanout.attach(3, 77, -1);
      const flags = flipFlags | commitFlag.allowModeset;
      assert.equal(commit(undefined, stateOf(4), 12, flags), 0);
      const [made] = rig.card.commits();
      assert.deepEqual(made?.assignments, ['2:3=77', '2:4=12', '10:100=0', '10:101=1', '10:102=2', '11:103=3']);
      assert.equal(made.flags, flags);
      assert.equal(rig.card.commits().length, 1);
    });

    it('has a flip like any', async () => {
      rig.scanout.attach(3, 77, -1);
      commit(undefined, stateOf(4), -1, flipFlags | commitFlag.allowModeset);
      rig.card.flip();
      while (rig.log.length === 0) await new Promise(setImmediate);
      assert.deepEqual(rig.log, ['flip 3']);
    });

    it('returns the errno where it is refused, and keeps nothing open', () => {
      rig.scanout.attach(3, 77, -1);
      const before = openDescriptors();
      rig.card.queue(16);
      assert.equal(commit(undefined, stateOf(4)), -16);
      assert.equal(openDescriptors(), before);
    });

    it('has room for 64 assignments, those of the picture included', () => {
      rig.scanout.attach(3, 77, -1);
      assert.equal(commit(undefined, stateOf(most - 1)), 0);
      assert.equal(rig.card.commits()[0]?.assignments.length, most);
      assert.throws(() => commit(undefined, stateOf(most)), RangeError);
      assert.throws(() => commit(undefined, stateOf(most - 1), 12), RangeError);
      assert.throws(() => commit(Uint32Array.of(0, 0, 1, 1), stateOf(most - 1)), RangeError);
      assert.throws(() => commit(undefined, stateOf(100_000)), RangeError);
      assert.equal(rig.card.commits().length, 1, 'nothing else was asked of the kernel');
    });

    it('survives a getter of it that closes the scanout, the device, or detaches the slot', () => {
      const hostile: Record<string, [act: () => void, error: object]> = {
        scanout: [() => rig.scanout.close(), { code: 'ERR_CLOSED' }],
        device: [() => rig.device.close(), { code: 'ERR_CLOSED' }],
        slot: [() => rig.scanout.detach(3), { name: 'RangeError' }],
      };
      for (const [what, [act, error]] of Object.entries(hostile))
        for (const getter of ['objects', 'properties', 'values'] as const) {
          rig.reopen();
          rig.scanout.attach(3, 77, -1);
          const state = stateOf(4);
          const closing = Object.defineProperty({ ...state }, getter, {
            get: () => {
              act();
              return state[getter];
            },
          });
          assert.throws(() => commit(Uint32Array.of(0, 0, 1, 1), closing), error, `${what}, ${getter}`);
          rig.device.close();
        }
      assert.deepEqual(rig.card.commits(), []);
      assert.deepEqual(rig.card.blobs(), []);
    });

    it('survives a getter that takes the memory of the damage away', () => {
      rig.scanout.attach(3, 77, -1);
      const damage = Uint32Array.of(0, 0, 1, 1);
      const state = Object.defineProperty({ ...stateOf(1) }, 'objects', {
        get: () => {
          structuredClone(damage.buffer, { transfer: [damage.buffer] });
          return Uint32Array.of(10);
        },
      });
      assert.equal(commit(damage, state), 0);
      assert.deepEqual(rig.card.blobs(), [], 'no rectangle is left');
    });
  });

  describe('a commit with damage', () => {
    const damage = Uint32Array.of(1, 2, 30, 40, 5, 6, 70, 80);

    const blobs = () => rig.card.blobs().map((line) => line.split(' ').slice(0, 2));
    const idsOf = (sign: string) => blobs().flatMap(([what, id = '']) => (what === sign ? [id] : []));

    it('gives it to the plane as a blob, which the next commit takes again where it is the same', () => {
      rig.scanout.attach(3, 77, -1);
      for (const given of [damage, damage.slice(), damage.slice(4), damage]) assert.equal(commit(given), 0);
      const [first, second, third, ...more] = idsOf('+');
      assert.deepEqual(more, []);
      assert.equal(rig.card.blobs()[0], `+ ${first} ${damage.join(' ')}`);
      const given = rig.card.commits().map(({ assignments }) => assignments[1]);
      assert.deepEqual(
        given,
        [first, first, second, third].map((id) => `2:6=${id}`),
      );
      assert.deepEqual(idsOf('-'), [first, second], 'one at most is kept');
    });

    it('destroys the blob at the end, also where the commit was refused, or there was no room in it', () => {
      rig.scanout.attach(3, 77, -1);
      rig.card.queue(22);
      assert.equal(commit(damage), -22);
      assert.throws(() => commit(damage.slice(4), stateOf(most)), RangeError);
      rig.scanout.close();
      assert.equal(idsOf('+').length, 2);
      assert.deepEqual(idsOf('-'), idsOf('+'));
    });

    it('shows the picture all the same where there is no memory for it, or no property', () => {
      rig.scanout.attach(3, 77, -1);
      rig.card.refuseBlobs();
      assert.equal(commit(damage), 0);
      const bare = rig.device.createScanout({ ...ids, fbDamageClips: 0 }, rig.handlers);
      bare.attach(3, 78, -1);
      assert.equal(bare.commit(3, -1, commitFlag.nonblock, false, damage), 0);
      assert.deepEqual(
        rig.card.commits().map(({ assignments }) => assignments),
        [['2:3=77'], ['2:3=78']],
      );
      assert.deepEqual(rig.card.blobs(), []);
    });

    it('of no rectangle is none', () => {
      rig.scanout.attach(3, 77, -1);
      assert.equal(commit(new Uint32Array()), 0);
      assert.deepEqual(rig.card.blobs(), []);
    });
  });
});
