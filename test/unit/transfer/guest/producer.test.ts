/** A producer's buffers: exported, released, taken back, closed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { nativeError } from '../../../../src/testing/index.js';
import type { TransferBuffer } from '../../../../src/transfer/guest/transfer-buffer.js';
import { FakeFences } from '../../../support/fake-fences.js';
import { code, endingOf, exported, producerRig, size } from '../../../support/producer-rig.js';

const rig = producerRig();

describe('a producer’s buffers', () => {
  it('exports a buffer once the host knows it, and has it back with its release', async () => {
    rig.connect();
    const buffer = rig.producer.allocate(size);
    assert.ok(buffer.acquire());
    buffer.draw(({ pixels }) => pixels.fill(7));
    const sent = buffer.export({ privateData: Uint8Array.of(1, 2) });
    assert.deepEqual([rig.port.said('export').length, buffer.state], [0, 'exported']);
    rig.known(buffer);
    const [message] = rig.port.said('export');
    assert.deepEqual([message?.id, message?.sequence, [...(message?.privateData ?? [])]], [sent.id, 1n, [1, 2]]);
    assert.equal(buffer.acquire(), false);
    assert.throws(() => buffer.draw(() => undefined), code('ERR_USAGE'));
    assert.equal(await endingOf(sent), undefined);
    rig.port.say({ type: 'released', id: sent.id }, { type: 'released', id: sent.id });
    assert.deepEqual(await endingOf(sent), { type: 'released' });
    assert.equal(buffer.state, 'free');
  });

  it('makes a drawing visible to devices where one may have the buffer', () => {
    rig.connect();
    const asked = [
      (buffer: TransferBuffer) => buffer.fd,
      ({ description }: TransferBuffer) => description,
      ({ memory }: TransferBuffer) => memory,
    ];
    const drawn = (buffer: TransferBuffer): number => {
      rig.pages.accesses = 0;
      buffer.acquire();
      buffer.draw(() => undefined);
      buffer.cancel();
      return rig.pages.accesses;
    };
    for (const ask of asked) {
      const buffer = rig.producer.allocate(size);
      assert.equal(drawn(buffer), 0, 'it was handed to nobody: the host has our caches');
      ask(buffer);
      assert.equal(drawn(buffer), 2);
    }
    assert.equal(drawn(rig.producer.adopt({ ...size, memory: 3 })), 2, 'a caller’s');
  });

  it('hands over the private data as they were, also where the host hears of it later', () => {
    rig.connect();
    const [data, buffer] = [Uint8Array.of(1, 2), rig.producer.allocate(size)];
    buffer.acquire();
    buffer.export({ privateData: data });
    data.fill(9);
    rig.known(buffer);
    assert.deepEqual([...rig.port.said('export')[0]!.privateData], [1, 2]);
  });

  it('tells no page list a second time, and gives each export an id of its own', () => {
    rig.connect();
    const buffer = rig.known();
    const ids = new Set<string>();
    for (let frame = 0; frame < 5; frame++) {
      const { id } = exported(buffer);
      assert.deepEqual(buffer.drawing, { frame, age: frame === 0 ? 0 : 1 });
      rig.port.say({ type: 'released', id });
      ids.add(id);
    }
    assert.deepEqual([rig.port.said('register').length, rig.port.said('export').length, ids.size], [1, 5, 5]);
  });

  it('waits for the fence, and closes it however that ends', async () => {
    rig.connect();
    const fences = new FakeFences();
    const [first, second, third] = [rig.known(), rig.known(), rig.known()];
    for (const buffer of [first, second, third]) buffer.acquire();
    const shown = first.export({ fence: fences.makePending(1) });
    const failed = second.export({ fence: fences.makePending(2) });
    const revoked = third.export({ fence: fences.makePending(3) });
    await turn();
    assert.equal(rig.port.said('export').length, 0);
    third.revoke();
    fences.signal(1);
    fences.signal(2, 5);
    await turn();
    assert.deepEqual(
      rig.port.said('export').map(({ id }) => id),
      [shown.id],
    );
    assert.match(JSON.stringify(await endingOf(failed)), /its fence failed/);
    assert.match(JSON.stringify(await endingOf(revoked)), /the producer revoked it/);
    assert.deepEqual(
      [rig.port.said('revoke').length, rig.port.said('unregister').length],
      [0, 0],
      'the host never heard of it',
    );
    assert.deepEqual([...fences.closed].sort(), [1, 2, 3]);
    assert.throws(() => first.export({ fence: fences.make(4) }), code('ERR_USAGE'));
    assert.ok(fences.closed.includes(4));
    rig.port.say({ type: 'released', id: shown.id });
  });

  it('takes a buffer back by force: new memory at once, the old one parked until nobody holds it', async () => {
    rig.connect();
    const buffer = rig.known();
    const lent = exported(buffer);
    const { fd, memory } = buffer;
    let forgotten = 0;
    memory.onClose(() => forgotten++);
    buffer.revoke();
    assert.match(JSON.stringify(await endingOf(lent)), /the producer revoked it/);
    assert.deepEqual([buffer.state, forgotten], ['free', 1]);
    assert.notEqual(buffer.fd, fd);
    assert.notEqual(buffer.memory, memory);
    const [old, young] = rig.port.said('register').map(({ buffer: number }) => number);
    assert.deepEqual(
      rig.port.said('unregister').map(({ buffer: number }) => number),
      [old],
    );
    assert.ok(rig.pages.open.has(fd), 'parked');
    assert.ok(buffer.acquire());
    assert.equal(buffer.drawing.age, 0, 'its contents are unknown');
    rig.port.say({ type: 'revoked', id: lent.id, reason: 'as asked' }, { type: 'unregistered', buffer: old! });
    assert.ok(!rig.pages.open.has(fd), 'freed');
    assert.notEqual(young, old);
    buffer.cancel();
  });

  it('leaves all as it was where there is no memory for what is taken back', async () => {
    rig.connect();
    const buffer = rig.known();
    const lent = exported(buffer);
    const { fd } = buffer;
    rig.pages.failure = nativeError(12, 'memfd_create');
    assert.throws(() => buffer.revoke(), code('ERR_SYSTEM'));
    assert.deepEqual([buffer.state, buffer.fd, await endingOf(lent)], ['exported', fd, undefined]);
    assert.equal(rig.port.said('revoke').length, 0);
  });

  it('closes an adopted buffer that is taken back: its pages are the caller’s', async () => {
    rig.connect();
    const buffer = rig.known(rig.producer.adopt({ ...size, memory: 5 }));
    const lent = exported(buffer);
    buffer.revoke();
    assert.ok(buffer.closed);
    assert.equal((await endingOf(lent))?.type, 'revoked');
    assert.throws(() => buffer.fd, code('ERR_CLOSED'));
  });

  it('refuses what makes no sense: sizes, private data, a second port', () => {
    for (const wrong of [
      { width: 0, height: 1 },
      { width: 1.5, height: 1 },
      { width: 64, height: 64, strideBytes: 100 },
      {},
    ])
      assert.throws(() => rig.producer.allocate(wrong as never), code('ERR_USAGE'), JSON.stringify(wrong));
    const buffer = rig.producer.allocate(size);
    assert.throws(() => buffer.export(), code('ERR_USAGE'));
    buffer.acquire();
    assert.throws(() => buffer.export({ privateData: new Uint8Array(193) }), code('ERR_USAGE'));
    assert.equal(buffer.state, 'drawing');
    rig.pages.mayName = false;
    assert.throws(() => rig.producer.allocate(size), code('ERR_PERMISSION'));
    rig.pages.mayName = true;
  });

  it('is closed once, and throws afterwards', async () => {
    rig.connect();
    const buffer = rig.known();
    const lent = exported(buffer);
    const closing = rig.producer.close();
    assert.deepEqual(rig.port.said('unregister').length, 1);
    assert.ok(rig.pages.open.size > 0, 'the pages stay until the host has let go');
    rig.port.say({ type: 'unregistered', buffer: 1 });
    await closing;
    assert.equal((await endingOf(lent))?.type, 'revoked');
    assert.throws(() => rig.producer.allocate(size), code('ERR_CLOSED'));
    assert.throws(() => rig.producer.acquire(), code('ERR_CLOSED'));
    await assert.rejects(rig.producer.connected(), code('ERR_CLOSED'));
  });
});
