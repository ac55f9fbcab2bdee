/** Frames that are stuck on their way to the screen, and the callbacks that they have taken along. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Callback, Waits } from '../../../src/kiosk/frame-callbacks.js';
import { InFlight } from '../../../src/kiosk/in-flight.js';

function rig() {
  const watched = new Set<Waits>();
  const flight = new InFlight({ watch: (waits: Waits) => void watched.add(waits) });
  const frame = (...names: readonly string[]) => [{ callbacks: names as unknown as Callback[] }];
  const since = (): number | undefined => flight.waitingSince;
  return { watched, flight, frame, since };
}

describe('frames in flight', () => {
  it('are watched while they are, and give their callbacks up once', () => {
    const { watched, flight, frame, since } = rig();
    assert.equal(since(), undefined);
    const before = performance.now();
    const [one, other] = [frame('a', 'b'), frame('c')];
    flight.add(one, false);
    flight.add(other, false);
    assert.deepEqual([...watched], [flight]);
    assert.ok((since() ?? 0) >= before);
    assert.deepEqual(flight.takeCallbacks(), ['a', 'b', 'c']);
    assert.deepEqual(
      [one[0]?.callbacks, flight.waitingSince],
      [[], undefined],
      'whoever shows the frame has none to answer',
    );
    assert.deepEqual(flight.takeCallbacks(), []);
  });

  it('that have arrived are nobody’s to wait for', () => {
    const { flight, frame } = rig();
    const one = frame('a');
    flight.add(one, false);
    flight.done(one);
    flight.done(one);
    assert.deepEqual([flight.waitingSince, flight.takeCallbacks()], [undefined, []]);
  });

  it('of a client’s own buffer are waited for longer than those that were drawn', () => {
    const { flight, frame } = rig();
    flight.add(frame('own'), true);
    const own = flight.waitingSince ?? 0;
    flight.add(frame('drawn'), false);
    const drawn = flight.waitingSince ?? 0;
    assert.ok(own - drawn > 3000 && own - drawn < 5000, `${own - drawn} ms`);
  });

  it('without a client’s picture are not watched', () => {
    const { watched, flight } = rig();
    flight.add([], false);
    assert.deepEqual([watched.size, flight.waitingSince], [0, undefined]);
  });
});
