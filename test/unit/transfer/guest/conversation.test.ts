/** A producer's conversation with the host: whoever comes, goes, refuses, or never reads. */
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { kindOf } from '../../../../src/transfer/protocol/messages.js';
import { endingOf, exported, producerRig, size } from '../../../support/producer-rig.js';
import { welcome } from '../../../support/transfer-rig.js';

const rig = producerRig();

describe('a producer and the host', () => {
  it('greets whoever takes the host’s side, and tells of its buffers then', () => {
    rig.producer.allocate({ width: 100, height: 20 });
    assert.deepEqual(rig.port.sent, []);
    rig.connect();
    assert.equal(rig.producer.state.type, 'connected');
    const kinds = rig.port.sent.map(({ type }) => type);
    assert.deepEqual(kinds, ['hello', 'register']);
    const register = rig.port.said('register')[0]!;
    assert.deepEqual(
      [register.width, register.height, register.stride, register.size],
      [100, 20, 512, 16384n],
      'rows of 256 bytes, a multiple of 16 rows, whole pages',
    );
    assert.deepEqual(
      register.runs.map(({ count }) => count),
      [1, 3],
    );
  });

  it('has all exports revoked when the host hangs up, and tells of its buffers anew', async () => {
    rig.connect();
    const buffer = rig.known();
    const lent = exported(buffer);
    rig.port.hangUp();
    assert.match(JSON.stringify(await endingOf(lent)), /host’s side of the port was closed/);
    assert.deepEqual([rig.producer.state.type, buffer.state], ['waiting', 'free']);
    const nobody = exported(buffer);
    assert.equal(buffer.state, 'exported', 'it does not end within the call');
    await turn();
    assert.match(JSON.stringify(await endingOf(nobody)), /nobody has the host’s side/);
    rig.port.connect();
    mock.timers.tick(300);
    rig.port.say(welcome);
    assert.deepEqual(
      rig.port.said('register').map(({ buffer: number }) => number),
      [1, 1],
    );
    rig.known(buffer);
    const again = exported(buffer);
    rig.port.say({ type: 'released', id: lent.id });
    assert.equal(await endingOf(again), undefined, 'an id of the conversation before says nothing');
    rig.port.say({ type: 'released', id: again.id });
    assert.deepEqual(await endingOf(again), { type: 'released' });
  });

  it('says its exports to the next broker in their order, in whatever order that registers the buffers', () => {
    rig.connect();
    const [first, second, third] = [rig.known(), rig.known(), rig.known()];
    rig.port.hangUp();
    rig.port.connect();
    mock.timers.tick(300);
    rig.port.say(welcome);
    const lent = [second, first, third].map(exported);
    const before = rig.port.said('export').length;
    const said = () => rig.port.said('export').slice(before);
    rig.port.say({ type: 'registered', buffer: 1 });
    assert.deepEqual(said(), [], 'the export of the buffer before it is not said yet');
    rig.port.say({ type: 'registered', buffer: 3 }, { type: 'registered', buffer: 2 });
    assert.deepEqual(
      said().map(({ id }) => id),
      lent.map(({ id }) => id),
    );
  });

  it('does not wait with an export for one before it whose buffer the host refuses, or that is revoked', async () => {
    rig.connect();
    const buffers = [rig.producer.allocate(size), rig.producer.allocate(size), rig.producer.allocate(size)] as const;
    const [refused, revoked, last] = [exported(buffers[0]), exported(buffers[1]), exported(buffers[2])];
    rig.port.say({ type: 'registered', buffer: 3 });
    assert.deepEqual(rig.port.said('export'), []);
    rig.port.say({ type: 'refused', what: kindOf('register'), buffer: 1, reason: 'a test' });
    buffers[1].revoke();
    assert.deepEqual(
      rig.port.said('export').map(({ id }) => id),
      [last.id],
    );
    for (const one of [refused, revoked]) assert.equal((await endingOf(one))?.type, 'revoked');
  });

  it('does not ask more and more often while nobody is there', () => {
    mock.timers.tick(10_000);
    assert.ok(rig.port.asked < 60, `${rig.port.asked} times in 10 s`);
    assert.equal(rig.port.watchers.size, 0);
  });

  it('finds the port again after it was unplugged', async () => {
    rig.connect();
    const lent = exported(rig.known());
    rig.port.unplug();
    assert.equal((await endingOf(lent))?.type, 'revoked');
    mock.timers.tick(1000);
    assert.equal(rig.producer.state.type, 'waiting');
    rig.port.plugged = true;
    rig.port.connect();
    mock.timers.tick(300);
    rig.port.say(welcome);
    assert.equal(rig.producer.state.type, 'connected');
    assert.equal(rig.port.open$.size, 1);
  });

  it('says why a broker refuses it, and goes on with another', async () => {
    rig.port.connect();
    mock.timers.tick(1);
    rig.port.say({ type: 'refused', what: kindOf('hello'), buffer: 0, reason: 'it speaks versions 2 to 3' });
    await assert.rejects(rig.producer.connected(), /it speaks versions 2 to 3/);
    rig.port.hangUp();
    rig.port.connect();
    mock.timers.tick(300);
    rig.port.say(welcome);
    assert.equal(rig.producer.state.type, 'connected');
  });

  it('revokes what the host does not take, with its reason', async () => {
    rig.connect();
    const buffer = rig.producer.allocate(size);
    const lent = exported(buffer);
    const number = rig.port.said('register')[0]!.buffer;
    rig.port.say({ type: 'refused', what: kindOf('register'), buffer: number, reason: 'more than 1 GiB' });
    assert.match(JSON.stringify(await endingOf(lent)), /more than 1 GiB/);
    const again = exported(buffer);
    assert.equal(rig.port.said('register').length, 2, 'it may have room by now');
    rig.known(buffer);
    rig.port.say({ type: 'refused', what: kindOf('export'), buffer: number, reason: 'too many' });
    assert.match(JSON.stringify(await endingOf(again)), /too many/);
  });

  it('queues what the port has no room for, and gives the host up that never reads', async () => {
    rig.connect();
    const buffer = rig.known();
    rig.port.room = 10;
    const lent = exported(buffer);
    assert.equal(rig.port.said('export').length, 0);
    rig.port.room = Infinity;
    mock.timers.tick(100);
    assert.equal(rig.port.said('export').length, 1);
    rig.port.say({ type: 'released', id: lent.id });
    rig.port.room = 0;
    const stuck = exported(buffer);
    for (let count = 1; count < 100_000 && rig.producer.state.type === 'connected'; count++) {
      rig.producer.allocate(size).close();
      if (count % 1000 === 0) await turn();
    }
    assert.equal(rig.producer.state.type, 'waiting');
    assert.match(JSON.stringify(rig.producer.state), /the port is full/);
    assert.equal((await endingOf(stuck))?.type, 'revoked');
  });

  it('hears what is left of an earlier conversation, and does not believe it', () => {
    rig.port.connect();
    mock.timers.tick(1);
    rig.port.say({ type: 'registered', buffer: 1 }, { type: 'released', id: '00'.repeat(16) }, welcome, welcome);
    assert.equal(rig.producer.state.type, 'connected');
  });
});
