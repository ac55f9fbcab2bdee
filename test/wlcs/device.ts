/** What the suite does with its pointer and its finger, as input devices tell it. */
import type { InputDevice, InputEvent } from '../../src/input/index.js';

/** Of everything. */
export const device: InputDevice = {
  node: '/dev/input/event0',
  name: 'WLCS',
  vendor: 0,
  product: 0,
  pointer: true,
  keyboard: true,
  touch: true,
  absolute: true,
  path: '',
  pciAddress: undefined,
  connector: undefined,
};

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A line of the control socket, whose values are pixels of a head of that size; undefined for one that is of no device. */
export function eventsOf(
  verb: string,
  [first = 0, second = 0]: readonly number[],
  { width, height }: Size,
): readonly InputEvent[] | undefined {
  const stamp = { device, timeUs: Math.round(performance.now() * 1000) };
  const place = { x: first / width, y: second / height };
  const finger = { ...stamp, slot: 0 };
  const frame: InputEvent = { ...stamp, kind: 'touch-frame' };
  if (verb === 'pointer-to') return [{ ...stamp, kind: 'motion', ...place }];
  if (verb === 'pointer-by')
    return [{ ...stamp, kind: 'relative', dx: first, dy: second, dxUnaccelerated: first, dyUnaccelerated: second }];
  if (verb === 'button') return [{ ...stamp, kind: 'button', button: first, pressed: second === 1 }];
  if (verb === 'touch-down') return [{ ...finger, kind: 'touch-down', ...place }, frame];
  if (verb === 'touch-move') return [{ ...finger, kind: 'touch-motion', ...place }, frame];
  if (verb === 'touch-up') return [{ ...finger, kind: 'touch-up' }, frame];
  return undefined;
}
