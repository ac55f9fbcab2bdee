/** Nobody uses the kiosk: its screen is black or off, until somebody does something, which no client hears of. */
import type { Subscription } from 'rxjs';
import type { Head } from '../head/index.js';
import type { InputEvent } from '../input/index.js';
import type { IdleScreenChoice } from './declared.js';
import type { Idle } from './idle.js';
import type { UsedByInput } from './kiosk-input.js';

export interface IdleScreenOptions extends IdleScreenChoice {
  readonly kiosk: {
    readonly idle: Pick<Idle, 'for' | 'used'>;
    readonly heads: readonly { readonly head: Pick<Head, 'off' | 'setMode'>; setBlank(blank: boolean): void }[];
  };
  /** What the heads' mode is when they are turned on again; undefined: their displays' own. */
  readonly mode?: string | undefined;
  /** A head cannot be turned off, or on again. */
  readonly onFault: (error: unknown) => void;
}

export class IdleScreen {
  readonly #watching: Subscription;
  /** What was pressed when nobody was using it, and is held still. */
  readonly #swallowed = new Set<string>();
  #asleep = false;

  constructor(private readonly options: IdleScreenOptions) {
    const { kiosk, afterMs } = options;
    this.#watching = kiosk.idle.for(afterMs).subscribe((isIdle) => {
      if (isIdle) this.#sleep();
      else this.#wake();
    });
  }

  /** Whether an event only wakes the kiosk, or belongs to what did: its clients are not to hear of it then. */
  takes(event: InputEvent): boolean {
    if (event.kind === 'device') return false;
    const [held, asleep] = [heldOf(event), this.#asleep];
    if (asleep) this.options.kiosk.idle.used();
    if (held === undefined) return asleep;
    if (endsHolding(event)) return this.#swallowed.delete(held); // what was pressed before has to be let go of, too
    if (asleep) this.#swallowed.add(held);
    return this.#swallowed.has(held);
  }

  /** What devices are to tell in place of the kiosk. */
  before(kiosk: UsedByInput): UsedByInput {
    return {
      input: (event) => {
        if (!this.takes(event)) kiosk.input(event);
      },
      followConnectors: (tell) => kiosk.followConnectors(tell),
    };
  }

  /** Idempotent. */
  close(): void {
    this.#watching.unsubscribe();
  }

  #sleep(): void {
    this.#asleep = true;
    for (const each of this.options.kiosk.heads) {
      each.setBlank(true);
      if (this.options.look === 'off') each.head.off().catch(this.options.onFault);
    }
  }

  #wake(): void {
    this.#asleep = false;
    for (const each of this.options.kiosk.heads) {
      each.setBlank(false);
      if (this.options.look === 'off') each.head.setMode(this.options.mode).catch(this.options.onFault);
    }
  }
}

/** What is held from this event on, or was until it; undefined for what cannot be held. */
function heldOf(event: InputEvent): string | undefined {
  switch (event.kind) {
    case 'key':
      return `key ${event.key}`;
    case 'button':
      return `button ${event.button}`;
    case 'touch-down':
    case 'touch-motion':
    case 'touch-up':
    case 'touch-cancel':
      return `finger ${event.slot}`;
    default:
      return undefined;
  }
}

function endsHolding(event: InputEvent): boolean {
  if (event.kind === 'key' || event.kind === 'button') return !event.pressed;
  return event.kind === 'touch-up' || event.kind === 'touch-cancel';
}
