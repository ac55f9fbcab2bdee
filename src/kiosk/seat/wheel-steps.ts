/** A wheel's whole clicks, for clients that know no parts of one. */
import type { AxisStep } from '../../input/index.js';

export interface WholeSteps {
  readonly steps: number;
  /** What `AxisStep.value` was since the last whole one. */
  readonly value: number;
}

const unitsPerClick = 120;

/** Of one axis. */
export class WheelSteps {
  #units = 0;
  #value = 0;

  /** Undefined until the parts make a click; the other direction begins anew. */
  take({ value, v120 }: AxisStep): WholeSteps | undefined {
    if (this.#units !== 0 && this.#units > 0 !== v120 > 0) this.reset();
    this.#units += v120;
    this.#value += value;
    const steps = Math.trunc(this.#units / unitsPerClick);
    if (steps === 0) return undefined;
    const taken = { steps, value: this.#value };
    this.#units -= steps * unitsPerClick;
    this.#value = 0;
    return taken;
  }

  reset(): void {
    this.#units = 0;
    this.#value = 0;
  }
}
