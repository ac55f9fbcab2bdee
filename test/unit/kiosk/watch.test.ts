import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Watch } from '../../../src/kiosk/watch.js';
import type { Client, Resource } from '../../../src/wayland/index.js';
import { HandClock } from '../../support/loop-rig.js';

type Base = Resource<'xdg_wm_base'>;

let clock: HandClock;
let pings: { base: Base; serial: number }[];
let told: string[];
let watch: Watch;

/** An object of a client, as far as the watch knows one. */
function baseOf(client: Client): Base {
  const base = { client, send: { ping: (serial: number) => pings.push({ base, serial }) } } as unknown as Base;
  return base;
}

const newClient = () => ({}) as unknown as Client;

beforeEach(() => {
  clock = new HandClock();
  pings = [];
  told = [];
  let serial = 0;
  watch = new Watch({
    nextSerial: () => ++serial,
    onHung: () => told.push('hung'),
    clock,
  });
});

describe('a watch over clients', () => {
  it('asks each of them every five seconds, and says nothing while they answer', () => {
    const base = baseOf(newClient());
    watch.add(base);
    for (const count of [1, 2, 3]) {
      clock.advance(5000);
      assert.equal(pings.length, count);
      watch.answered(base, pings.at(-1)?.serial ?? 0);
    }
    assert.deepEqual(told, []);
  });

  it('tells once of a client that has not answered for ten seconds, and once more after it was back', () => {
    const base = baseOf(newClient());
    watch.add(base);
    clock.advance(5000);
    clock.advance(9999);
    assert.deepEqual(told, []);
    clock.advance(1);
    clock.advance(30_000);
    assert.deepEqual(told, ['hung']);
    assert.equal(pings.length, 1, 'it is asked nothing more until it answers');
    watch.answered(base, pings[0]?.serial ?? 0);
    clock.advance(5000);
    assert.equal(pings.length, 2);
    clock.advance(10_000);
    assert.deepEqual(told, ['hung', 'hung']);
  });

  it('takes an answer only for the question that was asked', () => {
    const base = baseOf(newClient());
    watch.add(base);
    clock.advance(5000);
    watch.answered(base, 4711);
    clock.advance(10_000);
    assert.deepEqual(told, ['hung']);
  });

  it('asks a client that is sent much once a second, and says when it does not keep up', () => {
    const [base, other] = [baseOf(newClient()), baseOf(newClient())];
    watch.add(base);
    watch.add(other);
    const keepsUp = () => watch.keepsUp(base.client);
    assert.ok(keepsUp() && keepsUp());
    assert.deepEqual(pings, [{ base, serial: 1 }]);
    clock.advance(999);
    assert.ok(keepsUp());
    clock.advance(1);
    assert.equal(keepsUp(), false);
    watch.answered(base, 1);
    assert.ok(keepsUp());
    assert.equal(pings.length, 2, 'a second has gone by');
  });

  it('forgets a client that has gone', () => {
    const base = baseOf(newClient());
    watch.add(base);
    clock.advance(5000);
    watch.forget(base);
    clock.advance(60_000);
    assert.deepEqual(told, []);
    assert.equal(pings.length, 1);
  });

  it('expects an answer from each object of a client that has several', () => {
    const client = newClient();
    const [first, second] = [baseOf(client), baseOf(client)];
    watch.add(first);
    watch.add(second);
    clock.advance(5000);
    watch.answered(first, pings.find(({ base }) => base === first)?.serial ?? 0);
    clock.advance(10_000);
    assert.deepEqual(told, ['hung']);
  });
});
