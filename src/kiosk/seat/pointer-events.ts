/** What wl_pointer says, to each object of a client in the version that it speaks. */
import type { AxisEvent, AxisStep } from '../../input/index.js';
import { enums, type Client, type Resource } from '../../wayland/index.js';
import { Bound } from './bound.js';
import { clientOf, type Hit } from './host.js';
import type { Serials } from './serials.js';
import type { Surface } from '../surface.js';
import { WheelSteps, type WholeSteps } from './wheel-steps.js';

type PointerResource = Resource<'wl_pointer'>;

const { axis: axes, axis_source: sources, axis_relative_direction: directions, button_state } = enums.wl_pointer;
/** Since which version there is what. */
const since = { frame: 5, value120: 8, relativeDirection: 9 } as const;

interface Scrolled {
  readonly axis: number;
  readonly step: AxisStep;
  readonly whole: WholeSteps | undefined;
}

/** The least that every event has: CLOCK_MONOTONIC in ms, of 32 bits. */
export const wireTime = (timeUs: number): number => Math.floor(timeUs / 1000) % 2 ** 32;

export class PointerEvents {
  readonly bound = new Bound<'wl_pointer'>();
  readonly #wheels = { vertical: new WheelSteps(), horizontal: new WheelSteps() };

  constructor(private readonly serials: Serials) {}

  /** A leave and an enter of one client share a frame. */
  cross(from: Surface | undefined, to: Hit | undefined): void {
    this.#wheels.vertical.reset();
    this.#wheels.horizontal.reset();
    const left = from === undefined ? undefined : clientOf(from);
    const entered = to === undefined ? undefined : clientOf(to.surface);
    if (from !== undefined) this.#leave(from);
    if (left !== undefined && left !== entered) this.frame(left);
    if (to !== undefined) this.#enter(to);
    if (entered !== undefined) this.frame(entered);
  }

  /** For an object that was made while the pointer is in a surface of its client. */
  welcome(pointer: PointerResource, { surface, x, y }: Hit): void {
    pointer.send.enter(this.serials.give(pointer.client, 'pointer-enter'), surface.resource, x, y);
    if (pointer.version >= since.frame) pointer.send.frame();
  }

  /** Its frame is the caller's to send, as other events may belong to it. */
  motion({ surface, x, y }: Hit, timeUs: number): void {
    for (const pointer of this.bound.of(clientOf(surface))) pointer.send.motion(wireTime(timeUs), x, y);
  }

  /** The serial that it was told with. */
  button(client: Client, timeUs: number, button: number, pressed: boolean): number {
    const serial = this.serials.give(client, pressed ? 'press' : 'release');
    const state = pressed ? button_state.pressed : button_state.released;
    for (const pointer of this.bound.of(client)) pointer.send.button(serial, wireTime(timeUs), button, state);
    this.frame(client);
    return serial;
  }

  axis(client: Client, event: AxisEvent): void {
    const scrolled = this.#scrolled(event);
    for (const pointer of this.bound.of(client)) sendAxis(pointer, event, scrolled);
  }

  frame(client: Client): void {
    for (const pointer of this.bound.of(client)) if (pointer.version >= since.frame) pointer.send.frame();
  }

  #enter({ surface, x, y }: Hit): void {
    const serial = this.serials.give(clientOf(surface), 'pointer-enter');
    for (const pointer of this.bound.of(clientOf(surface))) pointer.send.enter(serial, surface.resource, x, y);
  }

  #leave(surface: Surface): void {
    const serial = this.serials.give(clientOf(surface), 'other');
    for (const pointer of this.bound.of(clientOf(surface))) pointer.send.leave(serial, surface.resource);
  }

  #scrolled({ vertical, horizontal }: AxisEvent): Scrolled[] {
    const list: Scrolled[] = [];
    const add = (axis: number, step: AxisStep | undefined, wheel: WheelSteps) => {
      if (step !== undefined) list.push({ axis, step, whole: step.v120 === 0 ? undefined : wheel.take(step) });
    };
    add(axes.vertical_scroll, vertical, this.#wheels.vertical);
    add(axes.horizontal_scroll, horizontal, this.#wheels.horizontal);
    return list;
  }
}

/** A part of a click is nothing to those who know only whole ones. */
function sendAxis(pointer: PointerResource, event: AxisEvent, scrolled: readonly Scrolled[]): void {
  const { version, send } = pointer;
  const told = scrolled.filter(({ step, whole }) => {
    if (step.v120 !== 0) return version >= since.value120 || whole !== undefined;
    return step.value !== 0 || version >= since.frame;
  });
  if (told.length === 0) return;
  if (version >= since.frame) send.axis_source(sources[event.source]);
  for (const each of told) sendStep(pointer, wireTime(event.timeUs), each);
  if (version >= since.frame) send.frame();
}

function sendStep({ version, send }: PointerResource, time: number, { axis, step, whole }: Scrolled): void {
  if (step.value === 0 && step.v120 === 0) {
    send.axis_stop(time, axis);
    return;
  }
  // No device is told to turn its direction round.
  if (version >= since.relativeDirection) send.axis_relative_direction(axis, directions.identical);
  if (step.v120 !== 0 && version >= since.value120) send.axis_value120(axis, step.v120);
  else if (version >= since.frame && whole !== undefined) send.axis_discrete(axis, whole.steps);
  send.axis(time, axis, version >= since.value120 ? step.value : (whole ?? step).value);
}
