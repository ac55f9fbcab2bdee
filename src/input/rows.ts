/** The addon's rows of numbers as events. */
import { rowKinds, rowLength } from '../native/input.js';
import type { AxisEvent, AxisStep, InputDevice, InputEvent } from './events.js';

const sources: readonly AxisEvent['source'][] = ['wheel', 'finger', 'continuous'];

/** The device of the row that begins at `at`. */
export function deviceOf(batch: Float64Array, at: number): number {
  return batch[at + 1] ?? 0;
}

/** Where the row begins. */
export function startOf(row: number): number {
  return row * rowLength;
}

/** Undefined for a kind that a newer addon tells. */
export function readRow(batch: Float64Array, at: number, device: InputDevice): InputEvent | undefined {
  const value = (index: number) => batch[at + index] ?? 0;
  const stamped = { device, timeUs: value(2) };
  const [a, b] = [value(3), value(4)];
  switch (value(0)) {
    case rowKinds.motion:
      return { kind: 'motion', ...stamped, x: a, y: b };
    case rowKinds.relative:
      return { kind: 'relative', ...stamped, dx: a, dy: b, dxUnaccelerated: value(5), dyUnaccelerated: value(6) };
    case rowKinds.button:
      return { kind: 'button', ...stamped, button: a, pressed: b === 1 };
    case rowKinds.key:
      return { kind: 'key', ...stamped, key: a, pressed: b === 1 };
    case rowKinds.axis: {
      const [horizontal, vertical] = [stepOf(b, value(5)), stepOf(value(6), value(7))];
      return { kind: 'axis', ...stamped, source: sources[a] ?? 'continuous', horizontal, vertical };
    }
    case rowKinds.touchDown:
      return { kind: 'touch-down', ...stamped, slot: a, x: b, y: value(5) };
    case rowKinds.touchMotion:
      return { kind: 'touch-motion', ...stamped, slot: a, x: b, y: value(5) };
    case rowKinds.touchUp:
      return { kind: 'touch-up', ...stamped, slot: a };
    case rowKinds.touchCancel:
      return { kind: 'touch-cancel', ...stamped, slot: a };
    case rowKinds.touchFrame:
      return { kind: 'touch-frame', ...stamped };
    case rowKinds.removed:
      return { kind: 'device', added: false, device };
    default:
      return undefined;
  }
}

function stepOf(value: number, v120: number): AxisStep | undefined {
  return Number.isNaN(value) ? undefined : { value, v120 };
}
