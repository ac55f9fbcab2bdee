/** Which part of the time the charts of a head show, and which frame is pointed at. Times in µs. */

export interface Selection {
  readonly atUs: number;
  readonly index: number;
}

const shortestUs = 1000;

export class TimeView {
  readonly #wholeMin: number;
  readonly #wholeMax: number;
  readonly #onChange: (() => void)[] = [];
  readonly #onSelect: (() => void)[] = [];
  #min: number;
  #max: number;
  #selection: Selection | undefined;

  constructor(min: number, max: number) {
    const margin = Math.max(shortestUs, (max - min) / 200);
    [this.#wholeMin, this.#wholeMax] = [min - margin, max + margin];
    [this.#min, this.#max] = [this.#wholeMin, this.#wholeMax];
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  get span(): number {
    return this.#max - this.#min;
  }

  get selection(): Selection | undefined {
    return this.#selection;
  }

  onChange(listener: () => void): void {
    this.#onChange.push(listener);
  }

  onSelect(listener: () => void): void {
    this.#onSelect.push(listener);
  }

  /** Kept within the whole; whether anything changed. */
  show(min: number, max: number): boolean {
    const span = Math.min(this.#wholeMax - this.#wholeMin, Math.max(shortestUs, max - min));
    const from = Math.min(this.#wholeMax - span, Math.max(this.#wholeMin, min));
    if (from === this.#min && from + span === this.#max) return false;
    [this.#min, this.#max] = [from, from + span];
    for (const listener of this.#onChange) listener();
    return true;
  }

  /** `factor` below 1 zooms in; the time `atUs` stays where it is. */
  zoom(factor: number, atUs = (this.#min + this.#max) / 2): boolean {
    const span = Math.max(shortestUs, this.span * factor);
    const min = atUs - ((atUs - this.#min) / this.span) * span;
    return this.show(min, min + span);
  }

  /** By so much of what is shown. */
  pan(share: number): boolean {
    return this.show(this.#min + share * this.span, this.#max + share * this.span);
  }

  reset(): boolean {
    return this.show(this.#wholeMin, this.#wholeMax);
  }

  select(selection: Selection): void {
    this.#selection = selection;
    for (const listener of this.#onSelect) listener();
  }

  /** Moves what is shown as little as needed. */
  reveal(atUs: number): void {
    if (atUs < this.#min || atUs > this.#max) this.show(atUs - this.span / 2, atUs + this.span / 2);
  }
}
