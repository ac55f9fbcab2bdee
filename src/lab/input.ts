/** Who sits before the host's windows: what QEMU is told to hand to the guest's tablets, mouse and keyboard. */
import type { Qmp } from '../qmp/index.js';
import { gpuId } from './machine.js';

export type LabButton = 'left' | 'middle' | 'right' | 'side' | 'extra' | 'wheel-up' | 'wheel-down';

/** QEMU's InputEvent. */
interface QemuEvent {
  readonly type: 'abs' | 'rel' | 'btn' | 'key';
  readonly data: Readonly<Record<string, unknown>>;
}

/** Of a tablet's axis, as QEMU counts. Source: INPUT_EVENT_ABS_MAX of ui/input.h. */
const farthest = 0x7fff;

/** Prints the options that a guest without input devices lacks. */
export const missingInput = [
  'test -d /sys/bus/virtio/drivers/virtio_input || echo CONFIG_VIRTIO_INPUT',
  'ls -d /sys/class/input/event* >/dev/null 2>&1 || echo CONFIG_INPUT_EVDEV',
].join('; ');

/** Each resolves when the guest's device has it. Heads are numbered from 0. */
export class LabInput {
  constructor(private readonly qmp: Qmp) {}

  /** The tablet of a head: 0, 0 is its upper left corner, 1, 1 the lower right one. */
  async moveTo(x: number, y: number, head = 0): Promise<void> {
    const axis = (name: 'x' | 'y', place: number): QemuEvent => ({
      type: 'abs',
      data: { axis: name, value: Math.round(place * farthest) },
    });
    await this.#send([axis('x', x), axis('y', y)], head);
  }

  /** The mouse, which is no head's, in its own units. */
  async moveBy(dx: number, dy: number): Promise<void> {
    const axis = (name: 'x' | 'y', value: number): QemuEvent => ({ type: 'rel', data: { axis: name, value } });
    await this.#send([axis('x', dx), axis('y', dy)]);
  }

  /** Of a head's tablet. */
  async button(button: LabButton, down: boolean, head = 0): Promise<void> {
    await this.#send([{ type: 'btn', data: { button, down } }], head);
  }

  /** QEMU's name of the key, a QKeyCode: `a`, `ret`, `shift`. */
  async key(name: string, down: boolean): Promise<void> {
    await this.#send([{ type: 'key', data: { key: { type: 'qcode', data: name }, down } }]);
  }

  async #send(events: readonly QemuEvent[], head?: number): Promise<void> {
    const where = head === undefined ? {} : { device: gpuId, head };
    await this.qmp.execute('input-send-event', { ...where, events });
  }
}
