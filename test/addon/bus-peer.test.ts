/** D-Bus between two ends in this process, by the real libsystemd. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { BusHandlers, BusValue, NativeBusPeer } from '../../src/native/index.js';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';

const opened: NativeBusPeer[] = [];
afterEach(() => {
  for (const peer of opened.splice(0)) peer.close();
});

const silent: BusHandlers = { call: () => undefined, reply: () => undefined, end: () => undefined };

/** Two ends of one connection: the first authenticates itself, the second answers. */
function connected(client: Partial<BusHandlers>, server: (peer: () => NativeBusPeer) => Partial<BusHandlers>) {
  const [one, other] = native.socketPair();
  const answering: NativeBusPeer = native.openBusPeer(other, true, { ...silent, ...server(() => answering) });
  const asking = native.openBusPeer(one, false, { ...silent, ...client });
  closeSync(one);
  closeSync(other);
  opened.push(asking, answering);
  return { asking, answering };
}

/** What the other end read of these values, having sent them back. */
function roundTrip(signature: string, values: readonly BusValue[]): Promise<readonly BusValue[]> {
  return new Promise((resolve, reject) => {
    const { asking } = connected(
      {
        reply: (_, error, back) => {
          if (error === '') resolve(back);
          else reject(new Error(error));
        },
      },
      (peer) => ({
        call: (token, _path, _interface, _member, sent, got) => {
          assert.equal(sent, signature);
          peer().reply(token, sent, signature === 'v' ? [['s', String(got[0])]] : got);
        },
      }),
    );
    asking.call('/a', 'b.C', 'D', signature, values);
  });
}

describe('a D-Bus connection without a bus', () => {
  for (const [signature, values] of [
    ['yiutb', [255, -(2 ** 31), 2 ** 32 - 1, 2n ** 64n - 1n, true]],
    ['so', ['ä€𝄞', '/org/qemu']],
    ['ay', [Uint8Array.from({ length: 1_000_000 }, (_, at) => at)]],
    ['ayau', [new Uint8Array(0), [1, 2, 3]]],
    ['a{su}(ib)', [[['x', 1]], [-1, false]]],
  ] as const)
    it(`carries ${signature}`, async () => {
      assert.deepEqual(await roundTrip(signature, values), values);
    });

  it('carries a variant', async () => {
    assert.deepEqual(await roundTrip('v', [['u', 7]]), ['7']);
  });

  it('carries a descriptor once the other end has answered, and each end keeps its own', async () => {
    const before = openDescriptors();
    const file = openSync('/dev/null', 'r');
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      const { asking } = connected(
        {
          reply: () => {
            if (seen.length === 0) asking.call('/a', 'b.C', 'Take', 'ah', [[file]]);
            else resolve();
          },
        },
        (peer) => ({
          call: (token, _path, _interface, _member, _signature, _values, fds) => {
            seen.push(...fds);
            peer().reply(token, '', []);
          },
        }),
      );
      assert.throws(() => asking.call('/a', 'b.C', 'Take', 'h', [file]), { code: 'EAGAIN' });
      asking.call('/a', 'b.C', 'Greet', '', []);
    });
    assert.equal(seen.length, 1);
    assert.equal(fstatSync(seen[0] ?? -1).rdev, fstatSync(file).rdev);
    [file, ...seen].forEach((fd) => closeSync(fd));
    for (const peer of opened.splice(0)) peer.close();
    await new Promise(setImmediate);
    assert.equal(openDescriptors(), before);
  });

  it('tells a refusal by its name, and the end once, whoever closes', async () => {
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      const { asking } = connected(
        {
          reply: (_, error, [message]) => told.push(`${error}: ${String(message)}`),
          end: (errno) => {
            told.push(`end ${errno}`);
            resolve();
          },
        },
        (peer) => ({
          call: (token) => {
            peer().fail(token, 'a.b.Error', 'no');
            peer().fail(token, 'a.b.Error', 'twice');
            peer().close();
          },
        }),
      );
      asking.call('/a', 'b.C', 'D', '', []);
    });
    assert.deepEqual(told, ['a.b.Error: no', 'end 0']);
    assert.throws(() => opened[0]?.call('/a', 'b.C', 'D', '', []), { code: 'ERR_CLOSED' });
    opened[0]?.close();
  });

  it('ends where the other end speaks no D-Bus', async () => {
    const [one, other] = native.socketPair();
    const errno = await new Promise<number>((end) => {
      opened.push(native.openBusPeer(one, false, { ...silent, end }));
      native.sendMessage(other, Buffer.from('HTTP/1.1 400 Bad Request\r\n'.repeat(4)), new Uint32Array());
    });
    [one, other].forEach((fd) => closeSync(fd));
    assert.notEqual(errno, 0);
  });

  it('takes no value of another type, and no signature that is none', () => {
    const { asking } = connected({}, () => ({}));
    const send = (signature: string, values: unknown) => () =>
      asking.call('/a', 'b.C', 'D', signature, values as BusValue[]);
    for (const [signature, values] of [
      ['u', ['1']],
      ['s', [1]],
      ['ay', [[1, 2]]],
      ['au', [7]],
      ['t', [1]],
      ['v', ['u']],
      ['(u)', [1]],
      ['u', undefined],
    ] as const)
      assert.throws(send(signature, values), TypeError, signature);
    assert.throws(send('u', [-1]), RangeError);
    assert.throws(send('u', [1, 2]), RangeError);
    for (const signature of ['a', '(u', '{', 'z', 'a'.repeat(200)])
      assert.throws(send(signature, [[1]]), Error, signature);
    assert.throws(() => asking.call('no path', 'b.C', 'D', '', []), { code: 'EINVAL' });
    for (const bad of [{}, { ...silent, end: 1 }, null])
      assert.throws(() => native.openBusPeer(0, false, bad as BusHandlers), TypeError);
  });
});
