/** Whether the pointer is seen: a kiosk that is touched, or that nobody uses, has none in its picture. */
import { Alarm, type Clock } from '../../loop/index.js';

/** A number: as `auto`, hidden after so many idle seconds. */
export type CursorMode = 'auto' | 'always' | 'never' | number;

const idleSeconds = 3;

export class CursorVisibility {
  readonly #idle: Alarm;
  readonly #idleMs: number;
  #visible: boolean;

  constructor(
    private readonly mode: CursorMode,
    clock: Clock,
    private readonly changed: () => void,
  ) {
    this.#idle = new Alarm(clock);
    this.#idleMs = 1000 * (typeof mode === 'number' ? mode : idleSeconds);
    this.#visible = mode === 'always';
  }

  get visible(): boolean {
    return this.#visible;
  }

  /** The pointer was moved, or one of its buttons used. */
  used(): void {
    if (this.#isFixed) return;
    this.#idle.start(this.#idleMs, () => {
      this.#show(false);
    });
    this.#show(true);
  }

  /** A finger was. */
  touched(): void {
    if (this.#isFixed) return;
    this.#idle.cancel();
    this.#show(false);
  }

  /** Idempotent. */
  close(): void {
    this.#idle.cancel();
  }

  get #isFixed(): boolean {
    return this.mode === 'always' || this.mode === 'never';
  }

  #show(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.changed();
  }
}
