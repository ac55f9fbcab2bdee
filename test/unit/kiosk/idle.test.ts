/** How long nobody has used the kiosk, on a clock that the test moves. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Idle, type IdleOptions } from '../../../src/kiosk/idle.js';
import { HandClock } from '../../support/loop-rig.js';

let clock: HandClock;
let idle: Idle;

beforeEach(() => {
  clock = new HandClock();
  idle = new Idle(clock);
});

/** What somebody who asks for it hears. */
function heard(ms: number, options?: IdleOptions) {
  const told: (boolean | 'end')[] = [];
  const subscription = idle.for(ms, options).subscribe({
    next: (isIdle) => told.push(isIdle),
    complete: () => told.push('end'),
  });
  return { told, subscription };
}

/** A surface is all that is asked of here. */
function film(seen = true) {
  const surface = { seen };
  const end = idle.inhibit(surface);
  return { surface, end };
}

describe('Idle', () => {
  it('tells when nobody has done anything for so long, and when somebody does again, once each', () => {
    const { told } = heard(1000);
    clock.advance(999);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [true]);
    clock.advance(5000);
    idle.used();
    idle.used();
    assert.deepEqual(told, [true, false]);
    clock.advance(1000);
    assert.deepEqual(told, [true, false, true]);
  });

  it('begins anew with all that is done', () => {
    const { told } = heard(1000);
    clock.advance(600);
    idle.used();
    clock.advance(600);
    assert.deepEqual(told, []);
    clock.advance(400);
    assert.deepEqual(told, [true]);
  });

  it('takes no pause between two movements for idleness', () => {
    const { told } = heard(0);
    clock.advance(10);
    idle.used();
    clock.advance(99);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [true]);
  });

  it('counts longer than timers do', () => {
    const { told } = heard(2 ** 32 - 1);
    clock.advance(2 ** 31);
    assert.deepEqual(told, []);
    clock.advance(2 ** 31);
    assert.deepEqual(told, [true]);
  });

  it('is held back by a surface that is seen, and begins anew when that has gone', () => {
    const { told } = heard(1000);
    const { end } = film();
    assert.equal(idle.inhibited, true);
    clock.advance(5000);
    assert.deepEqual(told, []);
    end();
    clock.advance(999);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [true]);
  });

  it('is not held back by one that is hidden, but from when it is seen', () => {
    const { told } = heard(1000);
    const { surface } = film(false);
    clock.advance(1000);
    idle.used();
    assert.deepEqual(told.splice(0), [true, false]);
    surface.seen = true;
    idle.look();
    clock.advance(5000);
    assert.deepEqual(told, []);
    surface.seen = false;
    idle.look();
    clock.advance(1000);
    assert.deepEqual(told, [true]);
  });

  it('is held back until the last of those that inhibit has gone', () => {
    const { told } = heard(1000);
    const films = [film(), film()];
    films[0]?.end();
    clock.advance(5000);
    assert.deepEqual(told, []);
    films[1]?.end();
    clock.advance(1000);
    assert.deepEqual(told, [true]);
  });

  it('is not ended by an inhibitor that comes too late', () => {
    const { told } = heard(1000);
    clock.advance(1000);
    const { end } = film();
    end();
    assert.deepEqual(told, [true]);
    idle.used();
    assert.deepEqual(told, [true, false]);
  });

  it('counts the user’s input alone where it is asked to', () => {
    const { told } = heard(1000, { heedsInhibitors: false });
    film();
    clock.advance(1000);
    assert.deepEqual(told, [true]);
  });

  it('tells nobody who does not listen any more, and nobody after its end', () => {
    const [one, other] = [heard(1000), heard(1000)];
    one.subscription.unsubscribe();
    idle.close();
    idle.close();
    clock.advance(5000);
    assert.deepEqual([one.told, other.told], [[], ['end']]);
    assert.deepEqual(heard(1).told, ['end']);
  });
});
