import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { InputDevice, InputEvent, PointerMotion } from '../../../src/input/events.js';
import { MotionCoalescer } from '../../../src/input/motion-coalescer.js';

const [mouse, tablet] = ['mouse', 'tablet'].map((name) => ({ name }) as InputDevice) as [InputDevice, InputDevice];

function relative(timeUs: number, dx: number, dy: number, device = mouse): InputEvent {
  return { kind: 'relative', device, timeUs, dx, dy, dxUnaccelerated: dx * 2, dyUnaccelerated: dy * 2 };
}

function motion(timeUs: number, x: number, y: number, device = tablet): InputEvent {
  return { kind: 'motion', device, timeUs, x, y };
}

function button(timeUs: number): InputEvent {
  return { kind: 'button', device: mouse, timeUs, button: 0x110, pressed: true };
}

/** What is delivered for these, where `refresh` is one. */
function delivered(steps: readonly (InputEvent | 'refresh')[]): InputEvent[] {
  const events: InputEvent[] = [];
  const coalescer = new MotionCoalescer((event) => events.push(event));
  for (const step of steps)
    if (step === 'refresh') coalescer.flush();
    else coalescer.take(step);
  return events;
}

describe('motions', () => {
  it('wait for the refresh, of which each sends one: the newest place, the sum of the movements', () => {
    const steps = [relative(1, 1, -2), relative(2, 3, 4), 'refresh', motion(3, 0.1, 0.2), motion(4, 0.3, 0.4)] as const;
    assert.deepEqual(delivered(steps), [relative(2, 4, 2)]);
    assert.deepEqual(delivered([...steps, 'refresh', 'refresh']), [relative(2, 4, 2), motion(4, 0.3, 0.4)]);
  });

  it('go before whatever else comes, at once', () => {
    assert.deepEqual(delivered([motion(1, 0, 0), button(2), 'refresh']), [motion(1, 0, 0), button(2)]);
  });

  it('of another kind or device push out what waits', () => {
    const steps = [relative(1, 1, 0), motion(2, 0, 0), motion(3, 0, 0, mouse), relative(4, 1, 0)];
    assert.deepEqual(delivered(steps), steps.slice(0, 3));
  });

  it('are known to wait, until they are dropped', () => {
    const coalescer = new MotionCoalescer(() => assert.fail('nothing is delivered'));
    assert.equal(coalescer.waits, false);
    coalescer.take(motion(1, 0, 0));
    assert.equal(coalescer.waits, true);
    coalescer.drop();
    coalescer.flush();
    assert.equal(coalescer.waits, false);
  });
});

const devices = fc.constantFrom(mouse, tablet);
const whole = fc.integer({ min: -1000, max: 1000 });
const anyMotion = fc
  .record({ device: devices, x: whole, y: whole, isRelative: fc.boolean() })
  .map(({ device, x, y, isRelative }) => (isRelative ? relative(0, x, y, device) : motion(0, x, y, device)));
const anySteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anyMotion },
    { weight: 1, arbitrary: fc.constant(button(0)) },
    { weight: 1, arbitrary: fc.constant('refresh' as const) },
  ),
  { maxLength: 60 },
);

/** Where a pointer is after these, and how far it was moved, at each event that is no motion. */
function course(events: readonly InputEvent[]) {
  let [x, y, dx, dy] = [0, 0, 0, 0];
  const seen: unknown[] = [];
  for (const event of events) {
    if (event.kind === 'motion') [x, y] = [event.x, event.y];
    else if (event.kind === 'relative') [x, y, dx, dy] = [x + event.dx, y + event.dy, dx + event.dx, dy + event.dy];
    else seen.push([event.kind, x, y]);
  }
  return { seen, end: [x, y, dx, dy] };
}

const isMotion = (event: InputEvent | 'refresh'): event is PointerMotion =>
  event !== 'refresh' && (event.kind === 'motion' || event.kind === 'relative');

describe('whatever comes', () => {
  it('the pointer is where it would be at each click, and nothing is lost', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const given = steps.filter((step) => step !== 'refresh');
        assert.deepEqual(course(delivered([...steps, 'refresh'])), course(given));
      }),
    );
  });

  it('one device that only moves sends no more motions than there are refreshes', () => {
    const moves = fc.array(fc.oneof(fc.constant('refresh' as const), fc.tuple(whole, whole)), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (steps) => {
        const events = steps.map((step) => (step === 'refresh' ? step : relative(0, ...step)));
        const sent = delivered(events).filter(isMotion).length;
        assert.ok(sent <= steps.filter((step) => step === 'refresh').length);
      }),
    );
  });
});
